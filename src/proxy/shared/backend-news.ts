import {createHash} from 'node:crypto'
import type {Backend} from '../backend.ts'
import {listsChangedBy} from '../list-kinds.ts'
import type {BusMessage, InstanceBus} from './instance-bus.ts'

const channel = 'backends'

/** A server that announces without end is asked for its lists once in this time on the word of others. */
const relistMs = 250

/**
 * What instances tell each other of the servers that all of them reach: a changed list is read anew everywhere, since a
 * server may tell one connection only; a breaker that opened counts as one failure elsewhere. Half a trust, so that one
 * instance with a broken network does not cut off the servers of all. Children are each instance's own: no news.
 */
export class BackendNews {
  readonly #bus: InstanceBus
  readonly #places = new WeakMap<Backend, string>()
  readonly #relisting = new Map<string, NodeJS.Timeout>()
  readonly #backends: () => readonly Backend[]
  readonly stop: () => void

  /** @param backends those of now: a reload may change them */
  constructor(bus: InstanceBus, backends: () => readonly Backend[]) {
    this.#bus = bus
    this.#backends = backends
    const ended = bus.hear(channel, message => this.#heard(message))
    this.stop = () => {
      ended()
      for (const timer of this.#relisting.values()) clearTimeout(timer)
    }
  }

  /** A server announced a changed list to this instance. */
  announced(backend: Backend, method: string): void {
    const place = this.#placeOf(backend)
    if (place !== undefined && listsChangedBy(method).length > 0)
      this.#bus.tell(channel, {kind: 'list', server: backend.id, place, method})
  }

  /** A breaker opened here. */
  opened(backend: Backend): void {
    const place = this.#placeOf(backend)
    if (place !== undefined) this.#bus.tell(channel, {kind: 'opened', server: backend.id, place})
  }

  /** What others told meanwhile was missed: reads all lists anew. */
  catchUp(): void {
    for (const backend of this.#backends()) {
      if (this.#placeOf(backend) === undefined) continue
      for (const method of announcements) this.#relist(backend, method)
    }
  }

  #heard({kind, server, place, method}: BusMessage): void {
    const backend = this.#backends().find(each => each.id === server)
    // Of that name, and at that address: configurations differ while they are rolled out.
    if (backend === undefined || place === undefined || this.#placeOf(backend) !== place) return
    // One that is trying the server finds out for itself.
    if (kind === 'opened' && backend.breaker.state === 'closed')
      backend.breaker.failure('its breaker opened at another instance', false)
    if (kind === 'list' && typeof method === 'string' && listsChangedBy(method).length > 0)
      this.#relist(backend, method)
  }

  #relist(backend: Backend, method: string): void {
    const key = `${backend.id} ${method}`
    if (this.#relisting.has(key)) return
    const timer = setTimeout(() => {
      this.#relisting.delete(key)
      void backend.link?.changed(method)
    }, relistMs)
    this.#relisting.set(key, timer.unref())
  }

  #placeOf(backend: Backend): string | undefined {
    const {endpoint} = backend.config
    if (endpoint === undefined) return undefined
    let place = this.#places.get(backend)
    if (place === undefined) {
      // An endpoint may hold a credential.
      place = createHash('sha256').update(endpoint).digest('base64url').slice(0, 22)
      this.#places.set(backend, place)
    }
    return place
  }
}

const announcements = [
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
]
