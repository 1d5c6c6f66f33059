import {CallFailure} from '../../mcp/call-failure.ts'
import type {Backend} from '../backend.ts'
import {listsChangedBy} from '../list-kinds.ts'
import type {CallCache, MethodAnswer, MethodCall} from '../method-call.ts'
import type {Target} from '../server-group.ts'
import {CacheFigures, type CacheWord} from './cache-figures.ts'
import {belongsToCaller, isRead, judge, mayKeep, type Verdict} from './cache-rules.ts'
import {callKey} from './call-key.ts'
import {Flight, type Landed} from './flight.ts'
import {type Changed, Generations} from './generations.ts'
import type {KeptAnswer, KeptAnswers} from './kept-answers.ts'
import type {SharedAnswers} from './shared-answers.ts'

export interface AnswerCacheOptions {
  /** Undefined where answers are shared between callers (`proxy.batching`), and none is kept. */
  readonly kept: KeptAnswers | undefined
  readonly shared: SharedAnswers | undefined
  readonly batching: {readonly windowMs: number; readonly maxSize: number} | undefined
  /** `cache.ttl_seconds`: no answer is kept longer, whatever its server says. */
  readonly longestMs: number
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** Sends a call to a server. */
export type Send = (call: MethodCall) => Promise<MethodAnswer>

interface Question {
  /** Equal for equal questions of callers with equal rights. */
  readonly key: string
  readonly anyKey: string
  readonly ownKey: string
  readonly keep: boolean
  readonly target: Target
}

/** Keys of answers that were for anybody, last time. */
const maxPublic = 2000
/** A server that announces changes without end costs one search through what is kept in this time. */
const clearEveryMs = 100

/**
 * Between the methods and the servers: a question that was answered before is answered from memory or Redis; one that is
 * being asked is not asked a second time. What may be kept is in `cache-rules.ts`, what makes two questions the same in
 * `call-key.ts`, how answers become invalid in `generations.ts`.
 */
export class AnswerCache implements CallCache {
  readonly figures = new CacheFigures()
  #options: AnswerCacheOptions
  readonly generations = new Generations(what => this.#changed(what))
  readonly #flights = new Map<string, Flight>()
  readonly #public = new Set<string>()
  readonly #clearedAt = new Map<string, number>()

  constructor(options: AnswerCacheOptions) {
    this.#options = options
  }

  /** Other settings from now on; what is on its way goes on. */
  configure(settings: Partial<Omit<AnswerCacheOptions, 'now'>>): void {
    this.#options = {...this.#options, ...settings}
  }

  /**
   * The answer to a call, kept, shared or asked for.
   * @throws CallFailure as the call itself would
   */
  answer(call: MethodCall, targets: readonly Target[], send: Send): MethodAnswer | Promise<MethodAnswer> {
    const {kept, batching} = this.#options
    const allowed = mayKeep(call.method, targets)
    const keep = allowed && kept !== undefined
    const target = targets[0]
    if (target === undefined || (!keep && (batching === undefined || !(allowed || isRead(call.method)))))
      return send(call)
    const key = belongsToCaller(call, targets) ? undefined : callKey(call, targets, this.generations)
    if (key === undefined) {
      if (keep) this.#note(call, 'bypass')
      return send(call)
    }
    const {principal} = call.context
    const ownKey = `${principal.length}:${principal} ${key}`
    const question: Question = {key, anyKey: `* ${key}`, ownKey, keep, target}
    if (!keep || kept === undefined) return this.#share(question, call, send, 'miss')
    const own = kept.get(ownKey)
    const found = typeof own === 'object' ? own : (kept.get(question.anyKey) ?? own)
    if (typeof found === 'object') return this.#hit(call, found)
    return this.#share(question, call, send, found === 'expired' ? 'stale' : 'miss')
  }

  /** A list comes from the merged lists. @param complete no server had to be waited for */
  listed(call: MethodCall, complete: boolean): void {
    if (this.#options.kept !== undefined) this.#note(call, complete ? 'hit' : 'miss')
  }

  /** A server said something that belongs to no call. */
  heard(backend: Backend, method: string): void {
    if (listsChangedBy(method).length > 0) this.generations.newForServer(backend.id)
  }

  resourceUpdated(backend: Backend, uri: string): void {
    this.generations.newForResource(backend.config.group ?? backend.id, uri)
  }

  /** Forgets what a server answered, or everything, on all instances. @returns how many were in this one's memory */
  clear(serverId?: string): number {
    const dropped = this.#options.kept?.clear(serverId) ?? 0
    if (serverId === undefined) this.generations.newForAll()
    else this.generations.newForServer(serverId)
    return dropped
  }

  /** What is kept here may have changed elsewhere unheard. */
  forgetHere(): void {
    this.#options.kept?.clear()
    this.#flights.clear()
  }

  #hit(call: MethodCall, {value, serverId}: KeptAnswer): MethodAnswer {
    call.record.serverId = serverId
    this.#note(call, 'hit')
    return {kind: 'result', value}
  }

  #note({method, record}: MethodCall, word: CacheWord): void {
    record.cache = word
    this.figures.count(method, word)
  }

  /** Asks, or waits with those who have asked already. @param word for whoever has to ask */
  async #share(question: Question, call: MethodCall, send: Send, word: 'miss' | 'stale'): Promise<MethodAnswer> {
    const {now, batching} = this.#options
    const {context, record} = call
    const deadline = Math.min(context.deadline, now() + question.target.backend.timeoutMs)
    for (let alone = false; ; ) {
      const place = !alone && this.#public.has(question.key) ? question.anyKey : question.ownKey
      const there = this.#flights.get(place)
      const joined = there?.takesMore(batching?.maxSize, now()) ? there : undefined
      const flight = joined ?? this.#begin(place, question, call, send, deadline)
      flight.members++
      try {
        const landed = flight.landed ?? (await flight.wait(call.method, context.signal, deadline, now))
        if (joined === undefined) {
          if (landed.found) record.serverId = landed.serverId
          if (question.keep) this.#note(call, landed.found ? 'hit' : word)
          return landed.answer
        }
        if (landed.sharing === 'nobody') return await send(call)
        if (landed.sharing === 'principal' && joined.principal !== context.principal) {
          alone = true
          continue
        }
        record.serverId = landed.serverId
        this.figures.batched++
        if (question.keep) this.#note(call, 'hit')
        else record.cache = 'batched'
        return landed.answer
      } catch (error) {
        // Who came later has more time than who asked first.
        const late = error instanceof CallFailure && error.kind === 'BackendTimeout'
        const again = joined !== undefined && late && !context.signal.aborted && deadline - now() > 1
        if (again) continue
        if (question.keep) this.#note(call, word)
        throw error
      }
    }
  }

  #begin(place: string, question: Question, call: MethodCall, send: Send, deadline: number): Flight {
    const {batching, now} = this.#options
    const flight = new Flight(call.context.principal, deadline, now() + (batching?.windowMs ?? 0))
    this.#flights.set(place, flight)
    flight.begin(() => this.#fly(flight, question, call, send))
    flight.whenDone(now, () => {
      if (this.#flights.get(place) === flight) this.#flights.delete(place)
    })
    return flight
  }

  async #fly(flight: Flight, question: Question, call: MethodCall, send: Send): Promise<Landed> {
    const elsewhere = question.keep ? await this.#fromRedis(question, call) : undefined
    if (elsewhere) return elsewhere
    let verdict: Verdict = {ttlMs: 0, sharing: 'principal'}
    let serverId: string | null = null
    const answer = await send({
      ...call,
      context: {...call.context, signal: flight.source, deadline: flight.deadline},
      onResult: (backend, era, result) => {
        serverId = backend.id
        verdict = judge(call.method, backend, era, result, this.#options.longestMs)
      },
    })
    const {ttlMs, sharing} = verdict
    this.#notePublic(question.key, sharing === 'anyone')
    if (question.keep && ttlMs > 0 && serverId !== null && answer.kind === 'result')
      this.#keep(question, call.method, {value: answer.value, serverId}, verdict)
    const lasting = answer.kind === 'result' && ttlMs > 0
    return {answer, serverId: call.record.serverId, sharing, found: false, lasting}
  }

  #keep({anyKey, ownKey}: Question, method: string, answer: KeptAnswer, {ttlMs, sharing}: Verdict): void {
    const {kept, shared} = this.#options
    const key = sharing === 'anyone' ? anyKey : ownKey
    kept?.set(key, method, answer, ttlMs)
    if (kept !== undefined && answer.value.length <= kept.longest) shared?.set(key, answer, ttlMs)
  }

  async #fromRedis(question: Question, {method}: MethodCall): Promise<Landed | undefined> {
    const {shared, kept, longestMs} = this.#options
    if (shared === undefined) return undefined
    const {anyKey, ownKey, target} = question
    const [any, own, current] = await Promise.all([
      shared.get(anyKey),
      shared.get(ownKey),
      method !== 'resources/read' || this.generations.readResource(target.group.id, target.key),
    ])
    const found = any ?? own
    if (found === undefined || !current || found.ageMs >= longestMs) return undefined
    shared.hits++
    this.#notePublic(question.key, any !== undefined)
    kept?.set(any === undefined ? ownKey : anyKey, method, found.answer, found.ttlMs, found.ageMs)
    const {value, serverId} = found.answer
    const sharing = any === undefined ? 'principal' : 'anyone'
    return {answer: {kind: 'result', value}, serverId, sharing, found: true, lasting: true}
  }

  /** Then the next callers of any principal wait for one call together, once its answer is no longer there. */
  #notePublic(key: string, isPublic: boolean): void {
    if (!isPublic) return void this.#public.delete(key)
    if (this.#public.size >= maxPublic) this.#public.clear()
    this.#public.add(key)
  }

  #changed(what: Changed): void {
    this.figures.invalidations++
    const {kept, now} = this.#options
    if (what.of === 'resource' || kept === undefined) return
    const id = what.of === 'server' ? what.id : '*'
    if (now() - (this.#clearedAt.get(id) ?? Number.NEGATIVE_INFINITY) < clearEveryMs) return
    this.#clearedAt.set(id, now())
    kept.clear(what.of === 'server' ? what.id : undefined)
  }
}
