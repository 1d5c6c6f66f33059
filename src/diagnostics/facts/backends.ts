import type {CertificateReport} from '../../auth/inspect-certificate.ts'
import type {BlameParty} from '../../shared/blame.ts'

/** Facts of servers, networks and certificates. */
export interface BackendFactValues {
  /** `net.dns:<host>` */
  readonly 'net.dns': DnsAnswer
  /** `tls.handshake:<host>:<port>` */
  readonly 'tls.handshake': TlsHandshake
  /** `tls.files:<certificate file>|<key file>` of `server.tls` */
  readonly 'tls.files': CertificateReport
  /** `tls.ca:<file>` */
  readonly 'tls.ca': CertificateReport
  /** `tls.key_mode:<file>` */
  readonly 'tls.key_mode': KeyMode
  /** `auth.key_file:<path>` */
  readonly 'auth.key_file': {readonly keys: number}
  /** `auth.jwks:<url>` */
  readonly 'auth.jwks': {readonly keys: number; readonly ms: number}
  /** `backend.command:<id>` */
  readonly 'backend.command': CommandSight
  /** `backend.probe:<id>`: a connection of our own, beside the one of the runtime */
  readonly 'backend.probe': ProbeResult
  /** `backend.tools:<id>`: as the runtime has them, else as the probe saw them */
  readonly 'backend.tools': ToolsSight
  /** `tls.mutual:<host>:<port>|<file of the CA of clients>` */
  readonly 'tls.mutual': MutualTls
}

export interface DnsAnswer {
  readonly addresses: readonly string[]
  /** Why there are none: `ENOTFOUND` … */
  readonly code: string | null
  readonly ms: number
}

export interface TlsHandshake {
  /** Why a client would refuse it; null when it would not. */
  readonly refusal: string | null
  readonly protocol: string | null
  readonly subject: string | null
  readonly issuer: string | null
  readonly names: string | null
  /** ISO-8601 UTC. */
  readonly notAfter: string | null
  readonly daysLeft: number | null
  readonly ms: number
}

export interface KeyMode {
  readonly path: string
  readonly mode: number
  readonly ownedByUs: boolean
}

export interface CommandSight {
  readonly command: string
  /** The file that would be run; null when there is none. */
  readonly file: string | null
  /** Why it cannot be run; null when it can. */
  readonly fault: string | null
  /** What to do about it, where that is known. */
  readonly remedy?: string
  /** A regular file of ours that only lacks the executable bit. */
  readonly lacksBit: boolean
}

export interface ProbeResult {
  readonly ok: boolean
  /** `connect`, `handshake`, `tools`: how far it came. */
  readonly step: 'connect' | 'handshake' | 'tools' | 'done'
  /** Where it failed: one word, and a sentence without secrets. */
  readonly failure: {
    readonly kind: string
    readonly message: string
    readonly httpStatus: number | null
    readonly evidence: string | null
    /** Whose fault it is, as the proxy would say; absent where nobody can tell. */
    readonly blame?: BlameParty
  } | null
  readonly era: 'legacy' | 'modern' | null
  readonly protocolVersion: string | null
  readonly implementation: string | null
  /** Until the handshake was answered, the start of a process included. */
  readonly openMs: number
  readonly tools: readonly ToolSight[]
  /** Size of the tools as JSON, which is what a model has to read. */
  readonly toolBytes: number
  readonly stderrTail: readonly string[]
}

export interface ToolSight {
  readonly name: string
  readonly bytes: number
  /** What is wrong with its name or schema. */
  readonly fault: string | null
}

export interface ToolsSight {
  readonly from: 'runtime' | 'probe'
  /** Size of what clients see of them, as JSON. */
  readonly toolBytes: number
  readonly tools: readonly OfferedTool[]
}

/** A tool, and how clients see it. */
export interface OfferedTool extends ToolSight {
  /** What it is called where nothing is in the way; null where a rule of the configuration withholds it. */
  readonly wanted: string | null
  /** What clients call it; null where they do not see it. */
  readonly exposed: string | null
  /** The server that has the wanted name, where that is another one. */
  readonly takenBy: string | null
  readonly hidden: 'rule' | 'name' | 'spare' | null
}

/** How the TLS listener treats clients without a certificate, and with a good one. */
export interface MutualTls {
  readonly without: MutualAnswer
  /** null: no certificate of this CA is at hand. */
  readonly with: (MutualAnswer & {readonly certificate: string}) | null
}

export interface MutualAnswer {
  /** The handshake failed or the connection was closed: the system's or OpenSSL's word. */
  readonly refused: string | null
  /** HTTP status of a request that got through. */
  readonly status: number | null
  readonly ms: number
}
