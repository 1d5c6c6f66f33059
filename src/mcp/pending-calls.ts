import {CallFailure} from './call-failure.ts'
import type {BackendAnswer, BackendCall} from './connection.ts'
import {rpcCode} from './protocol.ts'

/** Longer ones would fire at once. */
export const longestTimerMs = 2 ** 31 - 1

interface Pending {
  readonly call: BackendCall
  readonly startedAt: number
  readonly resolve: (answer: BackendAnswer) => void
  readonly reject: (failure: CallFailure) => void
  timer: NodeJS.Timeout
  readonly onAbort: (() => void) | undefined
}

/**
 * The calls in flight on one connection, by an id space of its own: equal ids of different clients never meet
 * (CVE-2026-25536). Each call ends once: answered, timed out, cancelled or failed with the connection.
 */
export class PendingCalls {
  readonly #pending = new Map<number, Pending>()
  readonly #now: () => number
  readonly #tellCancelled: (id: number, reason: string) => void
  #nextId = 1

  /** @param tellCancelled tells the backend that nobody waits for an id any more */
  constructor(now: () => number, tellCancelled: (id: number, reason: string) => void) {
    this.#now = now
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
    return new Promise((resolve, reject) => {
      const onAbort =
        call.signal &&
        (() => {
          this.#tellCancelled(id, 'cancelled by the client')
          this.#end(id)?.reject(cancelled(call))
        })
      const startedAt = this.#now()
      this.#pending.set(id, {call, startedAt, resolve, reject, timer: this.#startTimer(id, call), onAbort})
      if (call.signal?.aborted === true) return onAbort?.()
      if (onAbort) call.signal?.addEventListener('abort', onAbort, {once: true})
      try {
        write(id)
      } catch (error) {
        this.#end(id)?.reject(error as CallFailure)
      }
    })
  }

  /** Stops a call's clock while somebody is asked on its behalf. @returns a function that gives it its full time again */
  hold(id: number): () => void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return () => {}
    clearTimeout(pending.timer)
    return () => {
      if (this.#pending.get(id) === pending) pending.timer = this.#startTimer(id, pending.call)
    }
  }

  #startTimer(id: number, call: BackendCall): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.#tellCancelled(id, 'timed out')
        const pending = this.#end(id)
        pending?.reject(timedOut(call, this.#now() - pending.startedAt))
      },
      Math.min(call.timeoutMs, longestTimerMs),
    )
  }

  /** The call with this id, while it is in flight. */
  get(id: number): BackendCall | undefined {
    return this.#pending.get(id)?.call
  }

  /** @returns false when no call waits for this id: answered twice, too late, or never asked */
  answer(id: number, answer: BackendAnswer): boolean {
    const pending = this.#end(id)
    pending?.resolve(answer)
    return pending !== undefined
  }

  fail(id: number, failure: CallFailure): boolean {
    const pending = this.#end(id)
    pending?.reject(failure)
    return pending !== undefined
  }

  /** The connection is over: every call fails with it. */
  failAll(failure: CallFailure): void {
    for (const id of [...this.#pending.keys()]) this.#end(id)?.reject(failure)
  }

  #end(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined) return undefined
    this.#pending.delete(id)
    clearTimeout(pending.timer)
    if (pending.onAbort) pending.call.signal?.removeEventListener('abort', pending.onAbort)
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

export function cancelled(call: BackendCall): CallFailure {
  return new CallFailure(`${call.method} was cancelled by the client`, {
    kind: 'Cancelled',
    blame: 'client',
    code: rpcCode.serverError,
    delivered: 'unknown',
  })
}
