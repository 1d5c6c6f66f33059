import type {Problem} from '../../config/problem.ts'

/** Facts of configuration files, state and log folders. */
export interface ConfigFactValues {
  /** Which file discovery finds: flag, environment, then the usual places. */
  readonly 'config.found': ConfigFound
  /** `config.parsed:<path>` */
  readonly 'config.parsed': ConfigParsed
  /** `config.outline:<path>` */
  readonly 'config.outline': ConfigOutline
  /** `config.file:<path>` */
  readonly 'config.file': FileSight
  /** `config.plain_secrets:<path>`: places whose secret stands in the file itself */
  readonly 'config.plain_secrets': readonly string[]
  /** `config.empty_variables:<path>`: names of variables that are used and empty */
  readonly 'config.empty_variables': readonly string[]
  /** `state.folder:<path>` */
  readonly 'state.folder': StateFolder
  /** `state.usable:<path>` */
  readonly 'state.usable': StateUse
  /** `logs.sizes:<folder>` */
  readonly 'logs.sizes': LogSizes
}

export interface ConfigFound {
  readonly path: string
  /** By which rule it was found, as discovery names it. */
  readonly how: string
}

export interface ConfigParsed {
  readonly path: string
  readonly ok: boolean
  readonly problems: readonly Problem[]
  /** Only what checks look at: the rest may hold secrets. */
  readonly listen: {readonly host: string; readonly port: number; readonly tls?: boolean} | null
  readonly servers: number
  /** Whose variables `${VAR}` was read from: the running runtime's, or those of this shell. */
  readonly variablesOf: 'runtime' | 'shell'
}

/** What checks need to know of a valid configuration, without its secrets. */
export interface ConfigOutline {
  readonly sha256: string
  /** Those that are enabled. */
  readonly servers: readonly ServerOutline[]
  readonly listen: {readonly host: string; readonly port: number}
  readonly tls: TlsOutline | null
  /** How clients may prove who they are: `api_keys`, `jwt`, `oauth`, `mtls`. */
  readonly authMethods: readonly string[]
  readonly jwtKeyFile: string | null
  /** Where keys of issuers are published. */
  readonly jwksUrls: readonly string[]
  readonly redis: {readonly host: string; readonly port: number} | null
  readonly requestLog: 'sqlite' | 'postgres' | null
  /** Where the request log is, when that is PostgreSQL. */
  readonly postgres?: {readonly host: string; readonly port: number} | null
  readonly logRotation: boolean
  /** Requests are limited by caller or address. */
  readonly rateLimited: boolean
  readonly metrics: {readonly host: string; readonly port: number} | null
  readonly profiling: {readonly host: string; readonly port: number} | null
}

export interface TlsOutline {
  readonly port: number
  readonly cert: string
  readonly key: string
  readonly clientCa: string | null
}

export interface ServerOutline {
  readonly id: string
  readonly transport: 'stdio' | 'http' | 'sse' | 'none'
  /** The program of a stdio server. */
  readonly command: string | null
  /** The command line or endpoint for people, without secrets. */
  readonly target: string
  /** Of an endpoint. */
  readonly host: string | null
  readonly port: number | null
  readonly secure: boolean
  /** Whether a bearer token or an Authorization header is configured. */
  readonly credentials: boolean
  /** In front of its names, `__` aside; empty for none. */
  readonly prefix: string
  /** Its replicas have the same; the id by default. */
  readonly group: string
  /** Names of the variables that the credentials come from. */
  readonly variables: readonly string[]
}

/** A file, and who else may change it. */
export interface FileSight {
  readonly path: string
  readonly mode: number
  readonly owner: string
  readonly ownedByUs: boolean
  readonly sha256: string | null
  /** Folders above it that others may write to, so that they could exchange the file. */
  readonly openFolders: readonly string[]
}

export interface StateFolder {
  readonly path: string
  readonly mode: number
  readonly owner: string
  readonly ownedByUs: boolean
  /** A record or socket of a runtime that is gone. */
  readonly leftovers: readonly {readonly path: string; readonly kind: 'record' | 'socket'}[]
}

export interface StateUse {
  /** Why a runtime cannot use it; null when it can. */
  readonly fault: string | null
  readonly remedy: string
}

export interface LogSizes {
  readonly folder: string
  readonly writable: boolean
  readonly owner: string
  /** Permission bits of the folder. */
  readonly mode: number
  readonly totalBytes: number
  readonly largest: {readonly name: string; readonly bytes: number} | null
}
