import {CallFailure} from '../mcp/call-failure.ts'
import {CancelSource} from '../mcp/cancel-source.ts'
import {type ClientIdentity, envelopeMeta, parseObject} from '../mcp/handshake.ts'
import {longestTimerMs} from '../mcp/pending-calls.ts'
import {metaKey} from '../mcp/protocol.ts'
import {findValue, objectMembers, removeMember} from '../mcp/splice.ts'
import type {Backend} from './backend.ts'
import type {Link} from './link.ts'

/** Somebody who subscribed to a resource. */
export interface UpdateListener {
  /** It changed, or may have. @param params in the backend's own URI */
  readonly updated: (params: Buffer) => void
  /** Nobody watches it any more: its server has gone, or does not let it be watched. */
  readonly ended: () => void
}

const relistenMs = 1000

/** What is wanted of one server, which another may take the place of. */
interface Watch {
  backend: Backend
  readonly uris: Map<string, Set<UpdateListener>>
  /** There was a time in which nobody heard what the server said. */
  deaf: boolean
}

/**
 * Who wants to hear of which resource, over the connections that all clients share: a backend is subscribed to once,
 * however many clients there are, and again after it was lost. A modern backend is listened to from the start, for its
 * lists (MCP 2026-07-28, `subscriptions/listen`).
 */
export class Subscriptions {
  readonly #identity: ClientIdentity
  readonly #watches = new Map<Backend, Watch>()
  readonly #places = new Map<UpdateListener, {watch: Watch; readonly uri: string}>()
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
    const watch = this.#watches.get(backend) ?? {backend, uris: new Map(), deaf: false}
    this.#watches.set(backend, watch)
    const listeners = watch.uris.get(uri) ?? new Set()
    const first = listeners.size === 0
    watch.uris.set(uri, listeners)
    listeners.add(listener)
    this.#places.set(listener, {watch, uri})
    if (first) {
      try {
        await this.#tell(backend, 'resources/subscribe', uri)
      } catch (error) {
        this.#leave(listener)
        // Those who came meanwhile were told that they had it.
        this.#endUri(watch, uri)
        throw error
      }
    }
    return () => {
      const place = this.#leave(listener)
      if (place === undefined || place.watch.uris.has(uri)) return
      void this.#tell(place.watch.backend, 'resources/unsubscribe', uri).catch(() => {}) // nobody listens any more, whatever it says
    }
  }

  /** Takes one out, wherever it is by now. @returns where it was */
  #leave(listener: UpdateListener): {readonly watch: Watch} | undefined {
    const place = this.#places.get(listener)
    if (place === undefined) return undefined
    this.#places.delete(listener)
    const listeners = place.watch.uris.get(place.uri)
    listeners?.delete(listener)
    if (listeners?.size === 0) place.watch.uris.delete(place.uri)
    return place
  }

  /** A backend's `notifications/resources/updated`. */
  updated(backend: Backend, uri: string, params: Buffer): void {
    for (const listener of this.#watches.get(backend)?.uris.get(uri) ?? []) listener.updated(params)
  }

  /** A backend has a new connection: what it had been asked for is asked again. */
  connected(backend: Backend, link: Link): void {
    const watch = this.#watches.get(backend)
    if (watch) watch.deaf = true
    if (link.connection.info.era === 'modern') return void this.#listen(backend, link)
    this.#askAgain(backend, link)
  }

  #askAgain(backend: Backend, link: Link): void {
    // The standing listen of a modern one is begun anew, with what is wanted now.
    if (link.connection.info.era === 'modern') return this.#listens.get(backend)?.abort()
    for (const uri of this.#watches.get(backend)?.uris.keys() ?? []) void this.#askAgainFor(backend, uri)
  }

  async #askAgainFor(backend: Backend, uri: string): Promise<void> {
    try {
      await this.#tell(backend, 'resources/subscribe', uri)
      this.#mayHaveChanged(backend, uri)
    } catch (error) {
      const watch = this.#watches.get(backend)
      // What else went wrong is in the list of its faults, and the next connection asks again.
      if (watch && error instanceof CallFailure && error.kind === 'SubscribeRefused') this.#endUri(watch, uri)
    }
  }

  /** What it said while nobody listened is not known. */
  #mayHaveChanged(backend: Backend, uri: string): void {
    this.updated(backend, uri, Buffer.from(JSON.stringify({uri})))
  }

  /** Another server has taken the place of one: whoever listened to that now listens to this. */
  move(from: Backend, to: Backend): void {
    const watch = this.#watches.get(from)
    if (watch === undefined) return
    this.#watches.delete(from)
    const there = this.#watches.get(to)
    this.#watches.set(to, watch)
    watch.backend = to
    watch.deaf = true
    for (const [uri, listeners] of there?.uris ?? []) {
      watch.uris.set(uri, new Set([...(watch.uris.get(uri) ?? []), ...listeners]))
      for (const listener of listeners) this.#places.set(listener, {watch, uri})
    }
    if (to.link !== undefined) this.#askAgain(to, to.link)
  }

  /** Ends what is watched at a server, or what of it is no longer to be seen. */
  end(backend: Backend, ends: (uri: string) => boolean = () => true): void {
    const watch = this.#watches.get(backend)
    for (const uri of watch ? [...watch.uris.keys()] : []) if (watch && ends(uri)) this.#endUri(watch, uri)
  }

  #endUri({uris}: Watch, uri: string): void {
    const listeners = uris.get(uri) ?? []
    uris.delete(uri)
    for (const listener of listeners) {
      this.#places.delete(listener)
      listener.ended()
    }
  }

  /** A server is no longer there. */
  drop(backend: Backend): void {
    this.end(backend)
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
          onNotification: (method, said) => {
            if (method === 'notifications/subscriptions/acknowledged') this.#acknowledged(backend, uris, said)
            backend.notified(method, withoutSubscription(said))
          },
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

  /** What a modern backend does not take up, of what it was asked to tell (MCP 2026-07-28), ends. */
  #acknowledged(backend: Backend, asked: readonly string[], said: Buffer | null): void {
    const watch = this.#watches.get(backend)
    if (watch === undefined) return
    const {notifications} = (said && parseObject(said)) ?? {}
    const {resourceSubscriptions: taken} = (notifications ?? {}) as {readonly resourceSubscriptions?: unknown}
    if (Array.isArray(taken)) for (const uri of asked) if (!taken.includes(uri)) this.#endUri(watch, uri)
    if (!watch.deaf) return
    watch.deaf = false
    for (const uri of asked) this.#mayHaveChanged(backend, uri)
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

/** The id of our own listen is nobody else's business. */
function withoutSubscription(params: Buffer | null): Buffer | null {
  const whole = {start: 0, end: params?.length ?? 0}
  const meta = params && findValue(params, whole, ['_meta'])
  if (params === null || !meta || findValue(params, meta, [metaKey.subscriptionId]) === null) return params
  if (objectMembers(params, meta).length === 1) return removeMember(params, whole, '_meta')
  return removeMember(params, meta, metaKey.subscriptionId)
}
