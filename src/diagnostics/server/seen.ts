import type {ServerLists} from '../../control/contract/lists.ts'
import type {ServerSnapshot} from '../../control/contract/server.ts'
import type {ParsedErrorLine} from '../../logs/parse-line.ts'
import type {Fact} from '../fact.ts'
import type {ServerOutline} from '../facts/config.ts'
import type {ProcessDetails} from '../facts/host.ts'
import type {Looked} from './look-around.ts'

/** Something that was looked at, or why it was not. */
export type Sight<T> = {readonly value: T} | {readonly why: string}

/** All that was seen of one server: plain data, without secrets, which the steps are made of. */
export interface ServerSeen {
  readonly id: string
  readonly entry: Sight<EntrySight>
  /** Who the checks are about: in a group of servers, this one alone. */
  readonly outline: ServerOutline | null
  readonly way: {
    readonly command: Fact<'backend.command'> | null
    readonly dns: Fact<'net.dns'> | null
    readonly dial: Fact<'tcp.dial'> | null
    readonly tls: Fact<'tls.handshake'> | null
    /** Of the runtime's own port. */
    readonly proxyDial: Sight<Fact<'tcp.dial'>>
  }
  readonly direct: Sight<Looked>
  readonly proxied: Sight<Looked>
  /** As the running runtime tells it. */
  readonly told: Sight<ServerSnapshot>
  readonly lists: Sight<ServerLists>
  /** Milliseconds that the runtime's own probes of the server took; what the last one said. */
  readonly probes: Sight<{readonly ms: readonly number[]; readonly fault: string | null}>
  /** The process that the runtime runs. */
  readonly process: Sight<ProcessDetails & {readonly children: number}>
  /** As it was kept when the runtime ended. */
  readonly keptBreaker: Sight<{readonly state: string; readonly failures: number}>
  /** Newest first. */
  readonly errors: Sight<readonly ParsedErrorLine[]>
  readonly history: Sight<HistorySight>
}

export interface EntrySight {
  readonly file: string
  readonly line: number
  readonly enabled: boolean
  readonly transport: ServerOutline['transport']
  /** What is set or defaulted, secrets masked. */
  readonly values: readonly {readonly path: string; readonly value: unknown}[]
  readonly variables: readonly {readonly name: string; readonly set: boolean; readonly inRuntime: boolean | null}[]
  /** Warnings about it. */
  readonly problems: readonly string[]
  /** The runtime has read this very file. null: there is none to ask. */
  readonly inForce: boolean | null
  /** The proxy names its tools so; empty for none. */
  readonly prefix: string
}

export interface HistorySight {
  readonly spanMs: number
  readonly checks: number
  readonly failures: number
  readonly lastFailure: {readonly at: string; readonly error: string | null} | null
}
