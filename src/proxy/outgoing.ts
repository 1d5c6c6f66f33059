import type {Backend} from './backend.ts'

/** What goes to a backend, in the backend's own names. */
export interface Outgoing {
  readonly backend: Backend
  readonly params: Buffer | null
  /** What `Mcp-Name` mirrors. */
  readonly name?: string
}
