import type {Backend} from './backend.ts'

/** What goes to a backend, in the backend's own names. */
export interface Outgoing {
  readonly backend: Backend
  readonly params: Buffer | null
  /** What `Mcp-Name` mirrors. */
  readonly name?: string
  /** `Mcp-Param-…`, where the client has sent none that could be passed on. */
  readonly headers?: Readonly<Record<string, string>>
  /** Its breaker is not asked, and learns nothing. */
  readonly panic?: boolean
}
