import type {ServerStatus} from '../../control/contract/server.ts'
import type {BlameParty} from '../../shared/blame.ts'
import type {ProbeResult} from './backends.ts'

/** Facts that only the test suites ask for: what is kept on disk, and answers to requests of our own. */
export interface SuiteFactValues {
  /** `state.session_key:<state folder>` */
  readonly 'state.session_key': KeptFile
  /** `state.generations:<state folder>` */
  readonly 'state.generations': KeptGenerations
  /** `state.artefacts:<folder>`: what lies in `recovery` or `backups` of a state folder */
  readonly 'state.artefacts': readonly KeptArtefact[]
  /** `logs.modes:<folder>` */
  readonly 'logs.modes': readonly KeptFile[]
  /** `runtime.probe:<id>`: one server, asked by the running runtime over its own connection */
  readonly 'runtime.probe': RuntimeProbe
  /** `proxy.endpoint`: the running proxy, as an MCP client meets it */
  readonly 'proxy.endpoint': ProxyEndpoint
  /** `proxy.refusals:<host>:<port>`, `proxy.refusals:https://<host>:<port>` */
  readonly 'proxy.refusals': ProxyRefusals
}

export interface KeptFile {
  readonly path: string
  /** `other`: a link, a FIFO … */
  readonly kind: 'file' | 'folder' | 'other'
  readonly mode: number
  readonly bytes: number
  readonly owner: string
  readonly ownedByUs: boolean
}

export interface KeptGenerations {
  readonly folder: string
  readonly whole: number
  readonly broken: readonly {readonly name: string; readonly fault: string}[]
}

export interface KeptArtefact {
  readonly name: string
  readonly mode: number
  readonly bytes: number
  /** Why it cannot be relied on; null where it can. */
  readonly fault: string | null
}

export interface RuntimeProbe {
  readonly ok: boolean
  readonly latencyMs: number | null
  readonly error: string | null
  readonly status: ServerStatus
  readonly tools: number
  /** Of the last failed call or start, where there was one. */
  readonly blame: BlameParty | null
}

export interface ProxyEndpoint extends Pick<ProbeResult, 'failure' | 'era' | 'protocolVersion' | 'openMs'> {
  readonly url: string
  readonly tools: number
  /** A key was sent along. */
  readonly withKey: boolean
}

/** What was answered to requests that should be refused: an HTTP status, null where the connection was ended. */
export interface ProxyRefusals {
  readonly url: string
  readonly foreignHost: number | null
  readonly foreignOrigin: number | null
  /** Our own Host and no credentials. */
  readonly anonymous: number | null
}
