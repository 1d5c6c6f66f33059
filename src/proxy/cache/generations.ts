import {hash, randomBytes} from 'node:crypto'

/** Where generations are shared with other instances. */
export interface SharedGenerations {
  readonly get: (key: string) => Promise<Buffer | null>
  readonly set: (key: string, value: string) => Promise<boolean>
  readonly publish: (text: string) => Promise<void>
}

/** What has a new generation. */
export type Changed = {readonly of: 'all' | 'resource'} | {readonly of: 'server'; readonly id: string}

/** Of everything. */
const all = '*'

/** More resources than this have not changed one by one: then everything is made invalid, and the count begins anew. */
const maxKnown = 10_000
const writeAfterMs = 50

/** `<count>.<random>`: the count orders, the random part tells two instances apart that counted at the same time. */
const format = /^\d{1,12}\.[0-9a-f]{8}$/
const first = '0.00000000'

/**
 * What makes kept answers invalid without looking for them: the generation of a server (or of one of its resources) is a
 * part of every key, and a new generation leaves the old answers unreachable, here and in Redis. Instances tell each
 * other, and meet at the highest.
 */
export class Generations {
  readonly #known = new Map<string, string>()
  readonly #servers = new Set<string>()
  readonly #pending = new Set<string>()
  readonly #unwritten = new Set<string>()
  #shared: SharedGenerations | undefined
  readonly #onChange: (what: Changed) => void
  #timer: NodeJS.Timeout | undefined

  /** @param onChange answers of before cannot be reached any more */
  constructor(onChange: (what: Changed) => void) {
    this.#onChange = onChange
  }

  /** Shares them there from now on; undefined for nowhere. `catchUp` then meets with those who are there already. */
  share(shared: SharedGenerations | undefined): void {
    this.stop()
    this.#timer = undefined
    this.#unwritten.clear()
    this.#pending.clear()
    this.#shared = shared
    // Counted here alone until now: each has to be told, or its next change elsewhere would count as the older one.
    if (shared !== undefined) for (const key of this.#known.keys()) this.#pending.add(key)
  }

  /** The part of a key that changes with the server, or with all. */
  ofServer(id: string): string {
    if (!this.#servers.has(id)) {
      // New in the configuration: others may know of it.
      this.#servers.add(id)
      void this.#read(serverKey(id))
    }
    return `${this.#known.get(all) ?? first}/${this.#known.get(serverKey(id)) ?? first}`
  }

  ofResource(group: string, uri: string): string {
    return this.#known.get(resourceKey(group, uri)) ?? ''
  }

  newForAll(): void {
    this.#bump(all)
  }

  newForServer(id: string): void {
    this.#bump(serverKey(id))
  }

  newForResource(group: string, uri: string): void {
    const key = resourceKey(group, uri)
    if (this.#known.size < maxKnown || this.#known.has(key)) return this.#bump(key)
    this.#forgetResources()
  }

  /** What another instance says; anything else is passed over. */
  heard(text: string): void {
    const at = text.lastIndexOf(' ')
    this.#adopt(text.slice(0, at), text.slice(at + 1))
  }

  /** What was published and not heard here becomes known. */
  async refresh(): Promise<void> {
    await Promise.all([all, ...[...this.#servers].map(serverKey)].map(key => this.#read(key)))
  }

  /** Asks for what the others have. Those that changed here while nobody could be told change once more. */
  async catchUp(serverIds: readonly string[] = []): Promise<void> {
    for (const id of serverIds) this.#servers.add(id)
    await this.refresh()
    const missed = [...this.#pending]
    this.#pending.clear()
    for (const key of missed) this.#bump(key)
  }

  /** The generation of one resource, which an instance that was not there when it changed does not know. */
  async readResource(group: string, uri: string): Promise<boolean> {
    const key = resourceKey(group, uri)
    const before = this.#known.get(key)
    await this.#read(key)
    return this.#known.get(key) === before
  }

  /** Writes down all that is known: what was written has been removed. */
  rewrite(): void {
    for (const key of this.#known.keys()) this.#write(key)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #bump(key: string): void {
    const [count] = (this.#known.get(key) ?? first).split('.')
    const value = `${Number(count) + 1}.${randomBytes(4).toString('hex')}`
    this.#known.set(key, value)
    this.#onChange(changed(key))
    if (this.#shared === undefined) return
    this.#pending.add(key)
    void this.#shared.publish(`${key} ${value}`)
    this.#write(key)
  }

  #forgetResources(): void {
    for (const known of this.#known.keys()) if (known.startsWith('r:')) this.#known.delete(known)
    this.#bump(all)
  }

  #adopt(key: string, value: string): void {
    if (!format.test(value) || !/^(\*|[sr]:)/.test(key) || key.length > 4096) return
    if (!isLater(value, this.#known.get(key) ?? first)) return
    if (this.#known.size >= maxKnown && !this.#known.has(key)) return this.#forgetResources()
    this.#known.set(key, value)
    this.#onChange(changed(key))
    this.#write(key)
  }

  /** A moment later, when instances that changed it together have met at one. */
  #write(key: string): void {
    if (this.#shared === undefined) return
    this.#unwritten.add(key)
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const keys = [...this.#unwritten]
      this.#unwritten.clear()
      for (const each of keys) void this.#writeNow(each)
    }, writeAfterMs).unref()
  }

  async #writeNow(key: string): Promise<void> {
    const value = this.#known.get(key)
    if (value === undefined || this.#shared === undefined) return
    if (await this.#shared.set(sharedKey(key), value)) this.#pending.delete(key)
  }

  async #read(key: string): Promise<void> {
    const value = await this.#shared?.get(sharedKey(key))
    if (value) this.#adopt(key, value.toString('latin1'))
  }
}

function changed(key: string): Changed {
  if (key === all) return {of: 'all'}
  return key.startsWith('s:') ? {of: 'server', id: key.slice(2)} : {of: 'resource'}
}

function serverKey(id: string): string {
  return `s:${id}`
}

function resourceKey(group: string, uri: string): string {
  return uri.length > 1024 ? `r:${group} sha256:${hash('sha256', uri, 'base64url')}` : `r:${group} ${uri}`
}

/** URIs may be long, and are nobody's business who looks at the keys. */
function sharedKey(key: string): string {
  return `g:${hash('sha256', key, 'base64url').slice(0, 22)}`
}

function isLater(value: string, than: string): boolean {
  const [count, random] = value.split('.')
  const [thanCount, thanRandom] = than.split('.')
  const difference = Number(count) - Number(thanCount)
  return difference > 0 || (difference === 0 && (random ?? '') > (thanRandom ?? ''))
}
