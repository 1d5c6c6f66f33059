import type {Snapshot} from '../control/contract/snapshot.ts'
import type {RuntimeRecordRead} from '../control/runtime-file.ts'
import type {RecentErrors} from '../logs/recent-errors.ts'
import type {BackendFactValues} from './facts/backends.ts'
import type {ConfigFactValues} from './facts/config.ts'
import type {HostFactValues} from './facts/host.ts'
import type {StoreFactValues} from './facts/stores.ts'
import type {SuiteFactValues} from './facts/suites.ts'

/** What is known when a fact is known, by its kind. Plain data, without secrets: it may stand in a bundle. */
export interface FactValues
  extends HostFactValues,
    ConfigFactValues,
    BackendFactValues,
    StoreFactValues,
    SuiteFactValues {
  /** One sighting for each folder that may hold a runtime's state. */
  readonly 'runtime.record': readonly RuntimeSighting[]
  /** `control.snapshot:<socket path>` */
  readonly 'control.snapshot': ControlAnswer
  /** `tcp.dial:<host>:<port>` */
  readonly 'tcp.dial': DialResult
  /** `port.owner:<port>`: every listener on that port, on whatever address. */
  readonly 'port.owner': PortOwner
  /** `http.health:<host>:<port>`, `http.health:https://<host>:<port>` */
  readonly 'http.health': HealthAnswer
  /** The folder that a runtime of this configuration and environment logs to. */
  readonly 'logs.folder': string
  /** `logs.recent:<folder>` */
  readonly 'logs.recent': RecentLogs
}

export type FactKind = keyof FactValues

/** What is left or alive in one state folder. */
export interface RuntimeSighting {
  readonly stateDir: string
  readonly read: RuntimeRecordRead
  /** Who has the recorded pid now; null without a record. */
  readonly process: SeenProcess | null
  /** A control socket's file that lies there (the recorded one, else `<state>/control.sock`), whether or not it answers. */
  readonly socket: string | null
  /** Something lies in the folder, or it cannot be told: a runtime was here before. */
  readonly used: boolean
}

/** `hidden`: there is such a process, and this user may not see whose. */
export type SeenProcess =
  | {
      readonly state: 'known'
      readonly pid: number
      /** Clock ticks from boot to its start. */
      readonly startTicks: number
      /** One letter of /proc/<pid>/stat: R, S, D, T, Z … */
      readonly processState: string
      readonly program: string
      readonly argv: readonly string[]
    }
  | {readonly state: 'gone' | 'hidden'; readonly pid: number}

export type ControlAnswer =
  | {readonly snapshot: Snapshot; readonly mismatch: null}
  /** It answered, in a contract that this program does not read. */
  | {readonly snapshot: null; readonly mismatch: string}

export interface DialResult {
  readonly open: boolean
  /** Why not, in the system's word: `ECONNREFUSED` … */
  readonly code: string | null
  readonly ms: number
}

export interface PortOwner {
  readonly listeners: readonly Listener[]
  /** How many processes could not be looked into; an owner may be among them. */
  readonly unreadable: number
}

export interface Listener {
  readonly address: string
  readonly port: number
  /** Who opened the socket; known even when the process is not. */
  readonly user: string
  readonly process: {
    readonly pid: number
    /** Tells it from a later process with its pid. */
    readonly startTicks?: number
    readonly program: string
    readonly argv: readonly string[]
  } | null
}

export interface HealthAnswer {
  /** HTTP status; null when something answered that is no HTTP. */
  readonly status: number | null
  /** Whether the answer has the shape of ours. */
  readonly ours: boolean
  /** What our endpoint gives as the reason of a 503. */
  readonly reason: string | null
  /** The `Server` header, and the start of a body that is not ours. */
  readonly server: string | null
  readonly body: string
  readonly ms: number
}

export interface RecentLogs {
  readonly folder: string
  /** Log files of ours in the folder, current and rotated. */
  readonly files: readonly string[]
  /** From error.log; null when there is no error.log. */
  readonly errors: RecentErrors | null
  /** Since when each server has been rejecting our credentials, ISO-8601 UTC by its id. */
  readonly rejectedSince?: Readonly<Record<string, string>>
  readonly windowMs: number
}
