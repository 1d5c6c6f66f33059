import {CallFailure} from '../mcp/call-failure.ts'
import {CancelSource} from '../mcp/cancel-source.ts'
import {type ClientIdentity, envelopeMeta} from '../mcp/handshake.ts'
import {longestTimerMs} from '../mcp/pending-calls.ts'
import type {Backend} from './backend.ts'
import type {Link} from './link.ts'

/** Told of a resource that changed, in the backend's own URI. */
export type UpdateListener = (params: Buffer) => void

const relistenMs = 1000

/** What is wanted of one server, which another may take the place of. */
interface Watch {
  backend: Backend
  readonly uris: Map<string, Set<UpdateListener>>
}

/**
 * Who wants to hear of which resource, over the connections that all clients share: a backend is subscribed to once,
 * however many clients there are, and again after it was lost. A modern backend is listened to from the start, for its
 * lists (MCP 2026-07-28, `subscriptions/listen`).
 */
export class Subscriptions {
  readonly #identity: ClientIdentity
  readonly #watches = new Map<Backend, Watch>()
  readonly #listens = new Map<Backend, CancelSource>()
  #stopped = false

  constructor(identity: ClientIdentity) {
    this.#identity = identity
  }

  /**
   * Subscribes to a resource. @returns a function that ends it, twice without harm
   * @throws CallFailure when the backend refuses
   */
  async subscribe(backend: Backend, uri: string, listener: UpdateListener): Promise<() => void> {
    const watch = this.#watches.get(backend) ?? {backend, uris: new Map<string, Set<UpdateListener>>()}
    this.#watches.set(backend, watch)
    const {uris} = watch
    const listeners = uris.get(uri) ?? new Set()
    const first = listeners.size === 0
    uris.set(uri, listeners)
    listeners.add(listener)
    if (first) await this.#tell(backend, 'resources/subscribe', uri)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      uris.delete(uri)
      void this.#tell(watch.backend, 'resources/unsubscribe', uri).catch(() => {}) // nobody listens any more, whatever it says
    }
  }

  /** A backend's `notifications/resources/updated`. */
  updated(backend: Backend, uri: string, params: Buffer): void {
    for (const listener of this.#watches.get(backend)?.uris.get(uri) ?? []) listener(params)
  }

  /** A backend has a new connection: what it had been asked for is asked again. */
  connected(backend: Backend, link: Link): void {
    if (link.connection.info.era === 'modern') return void this.#listen(backend, link)
    this.#askAgain(backend, link)
  }

  #askAgain(backend: Backend, link: Link): void {
    // The standing listen of a modern one is begun anew, with what is wanted now.
    if (link.connection.info.era === 'modern') return this.#listens.get(backend)?.abort()
    for (const uri of this.#watches.get(backend)?.uris.keys() ?? []) {
      void this.#tell(backend, 'resources/subscribe', uri).catch(() => {}) // the list of its faults has it
    }
  }

  /** Another server has taken the place of one: whoever listened to that now listens to this. */
  move(from: Backend, to: Backend): void {
    const watch = this.#watches.get(from)
    if (watch === undefined) return
    this.#watches.delete(from)
    this.#watches.set(to, watch)
    watch.backend = to
    if (to.link !== undefined) this.#askAgain(to, to.link)
  }

  /** A server is no longer there. */
  drop(backend: Backend): void {
    this.#watches.delete(backend)
    this.#listens.get(backend)?.abort()
    this.#listens.delete(backend)
  }

  stop(): void {
    this.#stopped = true
    for (const controller of this.#listens.values()) controller.abort()
  }

  async #tell(backend: Backend, method: string, uri: string): Promise<void> {
    const {link} = backend
    if (link === undefined) return
    if (link.connection.info.era === 'modern') {
      // The standing listen is begun anew with the changed list of URIs.
      this.#listens.get(backend)?.abort()
      return
    }
    const answer = await backend.call(link.connection, {
      method,
      params: Buffer.from(JSON.stringify({uri})),
      timeoutMs: backend.timeoutMs,
    })
    if (answer.kind === 'result') return
    throw new CallFailure(`the server refused ${method}`, {
      kind: 'SubscribeRefused',
      blame: 'backend-logic',
      code: -32602,
      delivered: 'no',
      evidence: answer.value.toString('utf8', 0, 300),
    })
  }

  async #listen(backend: Backend, link: Link): Promise<void> {
    while (!this.#stopped && backend.link === link) {
      const controller = new CancelSource()
      this.#listens.set(backend, controller)
      const uris = [...(this.#watches.get(backend)?.uris.keys() ?? [])]
      const notifications = {
        toolsListChanged: true,
        promptsListChanged: true,
        resourcesListChanged: true,
        ...(uris.length > 0 && {resourceSubscriptions: uris}),
      }
      const params = {notifications, _meta: envelopeMeta(this.#identity)}
      try {
        await link.connection.call({
          method: 'subscriptions/listen',
          params: Buffer.from(JSON.stringify(params)),
          timeoutMs: longestTimerMs,
          standing: true,
          signal: controller,
          onNotification: (method, said) => void backend.notified(method, said),
        })
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error
        if (error.kind === 'TransportFailed' && error.delivered === 'no') return backend.lost(link.connection, error)
      }
      // Ended by us for a new list of URIs: at once. Otherwise the backend does not offer it, or closed it.
      if (!controller.aborted) await new Promise(resolve => setTimeout(resolve, relistenMs).unref())
      if (backend.link === link && !controller.aborted && !this.#offers(link)) return
    }
  }

  #offers({connection}: Link): boolean {
    const {capabilities} = connection.info
    return ['tools', 'prompts', 'resources'].some(name => {
      const capability = capabilities[name]
      return (
        typeof capability === 'object' &&
        capability !== null &&
        ('listChanged' in capability || 'subscribe' in capability)
      )
    })
  }
}
