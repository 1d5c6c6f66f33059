import {type Clock, systemClock} from '../shared/clock.ts'
import {formatDuration} from '../shared/duration.ts'
import {messageOf} from '../shared/errors.ts'
import {aboutOf, type Fact, type FactKey, type FactOutcome, type FactSource, type KindOf, kindOf} from './fact.ts'
import type {FactKind} from './fact-values.ts'

/** What a collector works with besides its own configuration. */
export interface CollectIo {
  /** Aborted at the collector's deadline: it closes what it opened. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Other facts that this one rests on. */
  readonly facts: FactSource
}

/** One kind of fact, collected from this machine. The only place of effects in diagnostics. */
export interface Collector<K extends FactKind = FactKind> {
  readonly kind: K
  readonly timeoutMs: number
  /** How many of the kind are collected at once; what waits for its turn does not grow late. */
  readonly atOnce?: number
  /** `about` is the part of the key behind the kind. May throw: that is the fact's state `error`. */
  collect(about: string, io: CollectIo): Promise<FactOutcome<K>>
}

export interface LiveFactsOptions {
  readonly collectors: readonly Collector[]
  readonly host: string
  /** Ends everything that is still being collected. */
  readonly signal: AbortSignal
  readonly clock?: Clock
}

/** Facts of this machine, each collected once, at its first use, within its own deadline. */
export function liveFacts(options: LiveFactsOptions): FactSource {
  const clock = options.clock ?? systemClock
  const facts = new Map<FactKey, Promise<Fact>>()
  const turns = new Map<FactKind, Turns>()

  const source: FactSource = {
    get<Key extends FactKey>(key: Key): Promise<Fact<KindOf<Key>>> {
      let fact = facts.get(key)
      if (fact === undefined) {
        fact = collectOne(key)
        facts.set(key, fact)
      }
      return fact as Promise<Fact<KindOf<Key>>>
    },
  }

  async function collectOne(key: FactKey): Promise<Fact> {
    const kind = kindOf(key)
    const {atOnce} = options.collectors.find(each => each.kind === kind) ?? {}
    if (atOnce === undefined) return factOf(key, await withinDeadline(key))
    const turn = turns.get(kind) ?? new Turns(atOnce)
    turns.set(kind, turn)
    await turn.take()
    try {
      return factOf(key, await withinDeadline(key))
    } finally {
      turn.give()
    }
  }

  function factOf(key: FactKey, outcome: FactOutcome<FactKind>): Fact {
    return {key, at: new Date(clock.wallMs()).toISOString(), host: options.host, ...outcome} as Fact
  }

  function withinDeadline(key: FactKey): Promise<FactOutcome<FactKind>> {
    const collector = options.collectors.find(({kind}) => kind === kindOf(key))
    if (collector === undefined) return Promise.resolve({state: 'error', why: `nothing collects ${key}`})
    const late = (): FactOutcome<FactKind> => ({
      state: 'timeout',
      why: `${key}: no answer within ${formatDuration(collector.timeoutMs)}`,
    })
    return new Promise(resolve => {
      const controller = new AbortController()
      const end = (outcome: FactOutcome<FactKind>): void => {
        clearTimeout(timer)
        options.signal.removeEventListener('abort', stop)
        resolve(outcome)
        controller.abort()
      }
      const stop = (): void => end({state: 'timeout', why: `${key}: stopped before an answer came`})
      const timer = setTimeout(() => end(late()), collector.timeoutMs)
      if (options.signal.aborted) return stop()
      options.signal.addEventListener('abort', stop, {once: true})
      // An async wrapper, so that what a collector throws before its first await is caught as well.
      const work = async () => collector.collect(aboutOf(key), {signal: controller.signal, clock, facts: source})
      work().then(end, error => end({state: 'error', why: `${key}: ${messageOf(error)}`}))
    })
  }

  return source
}

/** Lets so many at a time through, in the order in which they came. */
class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  give(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
