import {randomBytes} from 'node:crypto'
import {type CancelSignal, CancelSource} from '../mcp/cancel-source.ts'
import type {BackendAnswer} from '../mcp/connection.ts'
import type {Replying} from './reply.ts'

/** How long a parked call waits for its client to come back. */
const usualKeepMs = 600_000
const maxParked = 1000
/** A server that asks several things asks them at once: they are collected into one round. */
const gatherMs = 15

const nothing = Buffer.from('{}')

interface Input {
  readonly method: string
  readonly params: Buffer | null
  readonly resolve: (answer: BackendAnswer) => void
}

/** What a round came to: the answer, or what the client has to supply first. */
export type Round =
  | {readonly state: 'answered'; readonly answer: BackendAnswer}
  | {
      readonly state: 'input'
      readonly inputs: ReadonlyMap<string, {readonly method: string; readonly params: Buffer | null}>
    }

/**
 * A call of a modern client that a legacy backend works on and asks about meanwhile: it stays in flight there while the
 * client comes and goes in rounds (MCP 2026-07-28, multi round-trip requests).
 */
export class ParkedCall {
  /** Unguessable, and only good for the principal and target that began the call. */
  readonly token: string
  readonly principal: string
  readonly target: string
  readonly controller = new CancelSource()
  /** Where notifications go: the reply of the round that is open. */
  reply: Replying | undefined
  #answer: Promise<BackendAnswer> | undefined
  readonly #inputs = new Map<string, Input>()
  #nextKey = 1
  #wake: (() => void) | undefined

  /** @param instance where it waits: no other one can go on with it */
  constructor(principal: string, target: string, instance = '') {
    this.token = `${instance}.${randomBytes(24).toString('base64url')}`
    this.principal = principal
    this.target = target
  }

  begin(answer: Promise<BackendAnswer>): void {
    this.#answer = answer
    answer.catch(() => {}) // it is awaited in `round`; a call nobody comes back for must not count as unhandled
  }

  /** The backend asks: answered when the client's next round brings it. */
  ask(method: string, params: Buffer | null, signal: CancelSignal): Promise<BackendAnswer> {
    if (method === 'ping') return Promise.resolve({kind: 'result', value: Buffer.from('{}')})
    return new Promise(resolve => {
      const key = `input-${this.#nextKey++}`
      this.#inputs.set(key, {method, params, resolve})
      // What the client brings for it after that is for nobody.
      signal.listen({onCancel: () => this.supply(key, nothing)})
      this.#wake?.()
    })
  }

  /** What the client supplied for a key. @returns false for a key that nobody asked for */
  supply(key: string, value: Buffer): boolean {
    const input = this.#inputs.get(key)
    if (input === undefined) return false
    this.#inputs.delete(key)
    input.resolve({kind: 'result', value})
    return true
  }

  /** @throws CallFailure of the call */
  async round(): Promise<Round> {
    for (;;) {
      const needed = new Promise<'input'>(resolve => {
        this.#wake = () => resolve('input')
      })
      if (this.#inputs.size > 0) this.#wake?.()
      const first = await Promise.race([this.#answer ?? Promise.reject(new Error('the call has not begun')), needed])
      if (first !== 'input') return {state: 'answered', answer: first}
      await new Promise(resolve => setTimeout(resolve, gatherMs))
      // The server may have thought better of it meanwhile.
      if (this.#inputs.size > 0) return {state: 'input', inputs: new Map(this.#inputs)}
    }
  }
}

/** The calls that wait for their client. */
export class ParkedCalls {
  readonly #calls = new Map<string, {call: ParkedCall; timer: NodeJS.Timeout}>()
  readonly instance: string
  readonly #keepMs: number

  constructor(instance = '', keepMs = usualKeepMs) {
    this.instance = instance
    this.#keepMs = keepMs
  }

  get size(): number {
    return this.#calls.size
  }

  /** Where too many wait, the one that has waited for longest is given up: nobody may come back for any of them. */
  park(call: ParkedCall): void {
    const oldest = this.#calls.size >= maxParked ? this.#calls.values().next().value : undefined
    if (oldest) {
      clearTimeout(oldest.timer)
      this.#calls.delete(oldest.call.token)
      oldest.call.controller.abort()
    }
    const timer = setTimeout(() => {
      this.#calls.delete(call.token)
      call.controller.abort()
    }, this.#keepMs)
    timer.unref()
    this.#calls.set(call.token, {call, timer})
  }

  /** Whether `take` would give it. */
  has(token: string, principal: string, target: string): boolean {
    const entry = this.#calls.get(token)
    return entry?.call.principal === principal && entry.call.target === target
  }

  /** Takes the call back for its next round; undefined when there is none, or it is not this client's. */
  take(token: string, principal: string, target: string): ParkedCall | undefined {
    const entry = this.#calls.get(token)
    if (entry === undefined || entry.call.principal !== principal || entry.call.target !== target) return undefined
    clearTimeout(entry.timer)
    this.#calls.delete(token)
    return entry.call
  }

  /** The other instance that gave out a token, as far as the token says. */
  elsewhere(token: string): string | undefined {
    const instance = /^([0-9a-f]{8})\.[\w-]{32}$/.exec(token)?.[1]
    return instance === this.instance ? undefined : instance
  }

  stop(): void {
    for (const {call, timer} of this.#calls.values()) {
      clearTimeout(timer)
      call.controller.abort()
    }
    this.#calls.clear()
  }
}
