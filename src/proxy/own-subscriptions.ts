import {CallFailure} from '../mcp/call-failure.ts'
import type {Backend} from './backend.ts'
import type {ClientScope} from './client-scope.ts'
import type {Link} from './link.ts'
import type {UpdateListener} from './subscriptions.ts'

const againMs = 1000

interface Watched {
  readonly backend: Backend
  /** In the server's own words. */
  readonly uri: string
  readonly listener: UpdateListener
}

/**
 * What a client watches over connections of its own: a server tells of a change where it was subscribed to, and a child of
 * one client does not know what another's has been asked.
 */
export class OwnSubscriptions {
  readonly #scope: () => ClientScope
  readonly #watched = new Set<Watched>()
  /** The connection to each server that it was subscribed over last. */
  readonly #links = new Map<Backend, Link>()

  constructor(scope: () => ClientScope) {
    this.#scope = scope
  }

  /** @returns a function that ends it, twice without harm @throws CallFailure when the server refuses */
  async subscribe(link: Link, backend: Backend, uri: string, listener: UpdateListener): Promise<() => void> {
    await ask(backend, link, 'resources/subscribe', uri)
    const watched = {backend, uri, listener}
    this.#watched.add(watched)
    this.#followUp(backend, link)
    return () => {
      if (!this.#watched.delete(watched)) return
      const others = [...this.#watched].some(each => each.backend === backend && each.uri === uri)
      const now = this.#links.get(backend)
      if (!others && now) void ask(backend, now, 'resources/unsubscribe', uri).catch(() => {}) // nobody listens any more
    }
  }

  /** A server's `notifications/resources/updated` on a connection of this client. */
  updated(backend: Backend, uri: string, params: Buffer): void {
    for (const each of [...this.#watched])
      if (each.backend === backend && each.uri === uri) each.listener.updated(params)
  }

  /** After its connection has ended, what was watched there is watched on the next one. */
  #followUp(backend: Backend, link: Link): void {
    if (this.#links.get(backend) === link) return
    this.#links.set(backend, link)
    void link.connection.closed.then(() => setTimeout(() => void this.#again(backend), againMs).unref())
  }

  async #again(backend: Backend): Promise<void> {
    const lost = [...this.#watched].filter(each => each.backend === backend)
    if (lost.length === 0) return
    try {
      const link = await this.#scope().ownLink(backend)
      if (link === undefined) return
      for (const {uri, listener} of lost) {
        await ask(backend, link, 'resources/subscribe', uri)
        // What it said while nobody listened is not known.
        listener.updated(Buffer.from(JSON.stringify({uri})))
      }
      this.#followUp(backend, link)
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      for (const each of lost) if (this.#watched.delete(each)) each.listener.ended()
    }
  }
}

async function ask(backend: Backend, link: Link, method: string, uri: string): Promise<void> {
  const params = Buffer.from(JSON.stringify({uri}))
  const answer = await backend.call(link.connection, {method, params, timeoutMs: backend.timeoutMs})
  if (answer.kind === 'result') return
  throw new CallFailure(`the server refused ${method}`, {
    kind: 'SubscribeRefused',
    blame: 'backend-logic',
    code: -32602,
    delivered: 'no',
    evidence: answer.value.toString('utf8', 0, 300),
  })
}
