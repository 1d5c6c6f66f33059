import {CallFailure} from './call-failure.ts'
import type {CancelListener} from './cancel-source.ts'
import type {BackendAnswer, BackendCall} from './connection.ts'
import {rpcCode} from './protocol.ts'

/** Longer ones would fire at once. */
export const longestTimerMs = 2 ** 31 - 1

/** For a timer: a function and its argument cost less than a closure for each call. */
export function expire(timed: {onTimeout(): void}): void {
  timed.onTimeout()
}

/** One call in flight. */
class PendingCall implements CancelListener {
  readonly id: number
  readonly call: BackendCall
  readonly settle = Promise.withResolvers<BackendAnswer>()
  readonly #owner: PendingCalls
  readonly #startedAt: number
  #timer: NodeJS.Timeout | undefined

  constructor(id: number, call: BackendCall, owner: PendingCalls, now: number) {
    this.id = id
    this.call = call
    this.#owner = owner
    this.#startedAt = now
    this.startClock()
    call.signal?.listen(this)
  }

  startClock(): void {
    this.#timer = setTimeout(expire, Math.min(this.call.timeoutMs, longestTimerMs), this)
  }

  stopClock(): void {
    clearTimeout(this.#timer)
  }

  /** Neither its clock nor its client matters any more. */
  release(): void {
    this.stopClock()
    this.call.signal?.unlisten(this)
  }

  onCancel(): void {
    this.#owner.giveUp(this, 'cancelled by the client', cancelled(this.call))
  }

  onTimeout(): void {
    this.#owner.giveUp(this, 'timed out', timedOut(this.call, this.#owner.now() - this.#startedAt))
  }
}

/**
 * The calls in flight on one connection, by an id space of its own: equal ids of different clients never meet
 * (CVE-2026-25536). Each call ends once: answered, timed out, cancelled or failed with the connection.
 */
export class PendingCalls {
  readonly #pending = new Map<number, PendingCall>()
  readonly now: () => number
  readonly #tellCancelled: (id: number, reason: string) => void
  #nextId = 1

  /** @param tellCancelled tells the backend that nobody waits for an id any more */
  constructor(now: () => number, tellCancelled: (id: number, reason: string) => void) {
    this.now = now
    this.#tellCancelled = tellCancelled
  }

  get size(): number {
    return this.#pending.size
  }

  /** The only call in flight, if there is exactly one: then what a child says without an id belongs to it. */
  get onlyId(): number | undefined {
    let only: number | undefined
    for (const [id, {call}] of this.#pending) {
      if (call.standing === true) continue
      if (only !== undefined) return undefined
      only = id
    }
    return only
  }

  /** @param write sends the request with its new id; throws a CallFailure when it could not be written */
  start(call: BackendCall, write: (id: number) => void): Promise<BackendAnswer> {
    const id = this.#nextId++
    if (call.signal?.aborted === true) {
      this.#tellCancelled(id, 'cancelled by the client')
      return Promise.reject(cancelled(call))
    }
    const pending = new PendingCall(id, call, this, this.now())
    this.#pending.set(id, pending)
    try {
      write(id)
    } catch (error) {
      this.#end(id)?.settle.reject(error)
    }
    return pending.settle.promise
  }

  /** Stops a call's clock while somebody is asked on its behalf. @returns a function that gives it its full time again */
  hold(id: number): () => void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return () => {}
    pending.stopClock()
    return () => {
      if (this.#pending.get(id) === pending) pending.startClock()
    }
  }

  /** Nobody waits for the answer any more. */
  giveUp({id}: PendingCall, reason: string, failure: CallFailure): void {
    this.#tellCancelled(id, reason)
    this.#end(id)?.settle.reject(failure)
  }

  /** The call with this id, while it is in flight. */
  get(id: number): BackendCall | undefined {
    return this.#pending.get(id)?.call
  }

  /** @returns false when no call waits for this id: answered twice, too late, or never asked */
  answer(id: number, answer: BackendAnswer): boolean {
    const pending = this.#end(id)
    pending?.settle.resolve(answer)
    return pending !== undefined
  }

  fail(id: number, failure: CallFailure): boolean {
    const pending = this.#end(id)
    pending?.settle.reject(failure)
    return pending !== undefined
  }

  /** The connection is over: every call fails with it. */
  failAll(failure: CallFailure): void {
    for (const id of [...this.#pending.keys()]) this.#end(id)?.settle.reject(failure)
  }

  #end(id: number): PendingCall | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined) return undefined
    this.#pending.delete(id)
    pending.release()
    return pending
  }
}

export function timedOut(call: BackendCall, elapsedMs: number): CallFailure {
  const limitMs = Math.round(call.timeoutMs)
  return new CallFailure(`no answer to ${call.method} within ${limitMs} ms`, {
    kind: 'BackendTimeout',
    blame: 'backend-logic',
    code: rpcCode.backendTimeout,
    delivered: 'unknown',
    evidence: `elapsed ${Math.round(elapsedMs)} ms of ${limitMs} ms`,
  })
}

export function cancelled(call: Pick<BackendCall, 'method'>): CallFailure {
  return new CallFailure(`${call.method} was cancelled by the client`, {
    kind: 'Cancelled',
    blame: 'client',
    code: rpcCode.serverError,
    delivered: 'unknown',
  })
}
