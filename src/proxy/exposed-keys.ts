import type {Backend} from './backend.ts'
import type {ListKind} from './list-kinds.ts'
import {exposedName, exposedUri} from './names.ts'
import type {ListEntry} from './read-list.ts'
import type {LogMessage} from './runtime-log.ts'

/** An entry on its way into a list. */
export interface Wanted {
  readonly kind: ListKind
  readonly backend: Backend
  readonly entry: ListEntry
  /** Its name before the prefix, or its URI. */
  readonly offered: string
  /** The operator gave that name to something else of the same server. */
  readonly taken: boolean
}

/** Longest name that the protocol allows; a longer one is left out and named in the log. */
const longestName = 128
/** MCP, "Tool names". */
const validName = /^[A-Za-z0-9_./-]+$/
const maxReported = 1000

/** The names and URIs under which entries stand in the merged lists; what is odd about one is told once. */
export class ExposedKeys {
  readonly #log: (message: LogMessage) => void
  readonly #reported = new Set<string>()

  constructor(log: (message: LogMessage) => void) {
    this.#log = log
  }

  /**
   * The exposed key: prefixed, and on a clash with an earlier server's entry named after the server's id.
   * @returns undefined for an entry that has to be left out
   */
  free({kind, backend, entry, offered, taken}: Wanted, routes: {has(key: string): boolean}): string | undefined {
    if (kind === 'resources' || kind === 'templates') {
      const uri = exposedUri(backend.naming, offered)
      if (!routes.has(uri)) return uri
      this.#report(
        kind,
        backend,
        entry,
        'UriTaken',
        'a resource is left out of the list: an earlier server has its URI',
        uri,
      )
      return undefined
    }
    const wanted = exposedName(backend.naming, offered)
    const name = taken || routes.has(wanted) ? `${backend.id}__${offered}` : wanted
    const occupied = routes.has(name) || (taken && name === wanted)
    if (name.length > longestName || !validName.test(name) || occupied) {
      const why =
        name.length > longestName
          ? 'its name is too long'
          : occupied
            ? 'its name is taken'
            : 'its name has characters that clients refuse'
      if (occupied || kind === 'tools') {
        this.#report(kind, backend, entry, 'NameUnusable', `an entry is left out of the list: ${why}`, name)
        return undefined
      }
      this.#report(kind, backend, entry, 'OddName', `an entry is in the list although ${why}`, name)
    }
    if (name !== wanted) this.#report(kind, backend, entry, 'NameClash', 'an entry is exposed under another name', name)
    return name
  }

  #report(list: ListKind, backend: Backend, entry: ListEntry, kind: string, message: string, exposed: string): void {
    const key = `${kind} ${list} ${backend.id} ${entry.key}`
    if (this.#reported.has(key) || this.#reported.size > maxReported) return
    this.#reported.add(key)
    this.#log({
      level: 'WARN',
      module: 'catalogue',
      kind,
      message,
      pairs: {server_id: backend.id, list, name: entry.key, exposed},
    })
  }
}
