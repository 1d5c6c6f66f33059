import type {CancelSignal} from '../mcp/cancel-source.ts'
import type {ServerRequestHandler} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import type {Backend} from './backend.ts'
import {Catalogue} from './catalogue.ts'
import {type ClientProfile, identityFor} from './client-profile.ts'
import type {Link} from './link.ts'
import type {LogMessage} from './runtime-log.ts'
import type {ServerGroup} from './server-group.ts'

/** A connection for one call. */
export interface Lease {
  readonly link: Link
  readonly release: () => void
}

/** The merged lists as somebody sees them. */
export type ListSource = Pick<Catalogue, 'current' | 'settled' | 'absentOwner' | 'standIn'>

/** Over which connections a client's calls go, and what it therefore sees listed. */
export interface ClientScope {
  readonly catalogue: ListSource
  /** Whether it has connections of its own open. */
  readonly holds: boolean
  /** Opens what the lists need, for at most `timeoutMs`. */
  prepare(timeoutMs: number): Promise<void>
  /** At once where the connection stands. @throws CallFailure */
  lease(backend: Backend, timeoutMs: number, signal: CancelSignal): Lease | Promise<Lease>
  /** The connection of its own that hears what its calls to a legacy server do; undefined where it has none. */
  ownLink(backend: Backend): Promise<Link | undefined>
  /** A notification of the client for the backends that it has connections of its own to. */
  tell(method: string): void
  close(): Promise<void>
}

/** The connections that all clients share which cannot be asked anything. */
export function sharedScope(catalogue: Catalogue): ClientScope {
  return {
    catalogue,
    holds: false,
    prepare: async timeoutMs => void (await catalogue.settled(timeoutMs)),
    lease: (backend, timeoutMs, signal) => {
      const {link} = backend
      return link === undefined ? backend.whenUp(timeoutMs, signal).then(shared) : shared(link)
    },
    ownLink: async () => undefined,
    tell: () => {},
    close: async () => {},
  }
}

/** Nobody has to give back what all use. */
function shared(link: Link): Lease {
  return {link, release: nothing}
}

function nothing(): void {}

export interface OwnScopeOptions {
  readonly groups: readonly ServerGroup[]
  readonly profile: ClientProfile
  readonly identity: ClientIdentity
  /** One call at a time on a connection that calls share: then what it asks belongs to that call for certain. */
  readonly exclusive: boolean
  /** What a backend asks outside of any call, and tells. */
  readonly onRequest: ServerRequestHandler
  readonly onNotification: (backend: Backend, method: string, params: Buffer | null) => void
  /** Told of each connection when it stands. */
  readonly onLink?: (backend: Backend, link: Link) => void
  /** Asked before a child is started; what it gives is called when the child has ended. @throws CallFailure */
  readonly admit: () => Promise<() => void>
  readonly log: (message: LogMessage) => void
  readonly onClosed: () => void
}

/** How many connections to one server an exclusive scope opens before calls wait for each other. */
const maxConnections = 8

interface Held {
  readonly link: Link
  busy: boolean
}

/**
 * Connections that declare what this client declared, opened when first needed: a legacy backend decides by them what it
 * offers and may ask. Modern backends are told with each request and need none.
 */
export class OwnScope implements ClientScope {
  readonly catalogue: Catalogue
  readonly #options: OwnScopeOptions
  #groups: readonly ServerGroup[]
  readonly #identity: ClientIdentity
  readonly #held = new Map<Backend, Held[]>()
  readonly #opening = new Map<Backend, Promise<Held>>()
  #waiters: (() => void)[] = []
  #closed = false

  constructor(options: OwnScopeOptions) {
    this.#options = options
    this.#groups = options.groups
    this.#identity = identityFor(options.profile, options.identity)
    this.catalogue = new Catalogue({
      groups: options.groups,
      listsOf: backend => (backend.info?.era === 'legacy' ? this.#held.get(backend)?.[0]?.link.lists : backend.lists),
      log: options.log,
    })
  }

  get holds(): boolean {
    return this.#held.size > 0
  }

  /** Calls in flight on connections of this scope. */
  get busy(): boolean {
    return [...this.#held.values()].some(all => all.some(held => held.busy))
  }

  async prepare(timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs
    const wait = async (backend: Backend): Promise<void> => {
      try {
        await backend.whenUp(Math.max(1, timeoutMs - (backend.settlingMs ?? 0)))
        if (backend.info?.era === 'legacy') await (await this.#first(backend)).link.load()
      } catch {
        // The list names it as absent; a call to it says why.
      }
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, Math.max(1, until - performance.now()))
    })
    await Promise.race([
      Promise.all(
        this.#groups
          .flatMap(({members}) => members)
          .filter(backend => backend.status !== 'disabled')
          .map(wait),
      ),
      late,
    ])
    clearTimeout(timer)
    this.catalogue.invalidate()
  }

  async lease(backend: Backend, timeoutMs: number, signal: CancelSignal): Promise<Lease> {
    const main = backend.link ?? (await backend.whenUp(timeoutMs, signal))
    if (main.connection.info.era === 'modern') return shared(main)
    if (!this.#options.exclusive || !main.connection.multiplexed) return shared((await this.#first(backend)).link)
    const held = await this.#idle(backend)
    held.busy = true
    return {
      link: held.link,
      release: () => {
        held.busy = false
        this.#wake()
      },
    }
  }

  async ownLink(backend: Backend): Promise<Link | undefined> {
    // Calls that never share a connection have none that would hear of all of them.
    if (this.#options.exclusive || this.#closed) return undefined
    const {connection} = backend.link ?? (await backend.whenUp(backend.timeoutMs))
    return connection.info.era === 'legacy' ? (await this.#first(backend)).link : undefined
  }

  tell(method: string): void {
    for (const {link} of [...this.#held.values()].flat()) link.connection.notify(method, null)
  }

  /** Other servers from now on; connections to those that are gone stay for the calls on them, until `leave`. */
  regroup(groups: readonly ServerGroup[]): void {
    this.#groups = groups
    this.catalogue.regroup(groups)
  }

  /** Ends the connections to a server that is no longer there. */
  async leave(backend: Backend): Promise<void> {
    const held = this.#held.get(backend) ?? []
    this.#held.delete(backend)
    await Promise.all(held.map(({link}) => link.connection.close(1000)))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#options.onClosed()
    const all = [...this.#held.values()].flat()
    this.#held.clear()
    await Promise.all(all.map(({link}) => link.connection.close(1000)))
  }

  async #first(backend: Backend): Promise<Held> {
    return this.#held.get(backend)?.[0] ?? (await this.#open(backend))
  }

  async #idle(backend: Backend): Promise<Held> {
    for (;;) {
      const all = this.#held.get(backend) ?? []
      const idle = all.find(held => !held.busy)
      if (idle) return idle
      if (all.length + (this.#opening.has(backend) ? 1 : 0) < maxConnections) return this.#open(backend)
      await new Promise<void>(resolve => this.#waiters.push(resolve))
    }
  }

  #open(backend: Backend): Promise<Held> {
    const opening = this.#opening.get(backend)
    if (opening) return opening
    const started = this.#start(backend).finally(() => this.#opening.delete(backend))
    this.#opening.set(backend, started)
    return started
  }

  async #start(backend: Backend): Promise<Held> {
    const leave = backend.config.command === undefined ? () => {} : await this.#options.admit()
    let link: Link
    try {
      link = await backend.openLink(this.#identity, {
        onRequest: this.#options.onRequest,
        onNotification: (method, params) => {
          this.catalogue.invalidate()
          this.#options.onNotification(backend, method, params)
        },
      })
    } catch (error) {
      leave()
      throw error
    }
    void link.connection.closed.then(leave)
    const held: Held = {link, busy: false}
    if (this.#closed) {
      await link.connection.close(500)
      return held
    }
    this.#held.set(backend, [...(this.#held.get(backend) ?? []), held])
    this.#options.onLink?.(backend, link)
    void link.load().then(() => this.catalogue.invalidate())
    void link.connection.closed.then(() => {
      const rest = (this.#held.get(backend) ?? []).filter(each => each !== held)
      if (rest.length === 0) this.#held.delete(backend)
      else this.#held.set(backend, rest)
      this.catalogue.invalidate()
      this.#wake()
    })
    return held
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
  }
}
