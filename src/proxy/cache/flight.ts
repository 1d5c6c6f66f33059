import {CallFailure} from '../../mcp/call-failure.ts'
import {type CancelListener, type CancelSignal, CancelSource} from '../../mcp/cancel-source.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import type {MethodAnswer} from '../method-call.ts'
import type {Sharing} from './cache-rules.ts'

/** The outcome of a shared call. */
export interface Landed {
  readonly answer: MethodAnswer
  readonly serverId: string | null
  readonly sharing: Sharing
  /** It came from Redis: no server was asked. */
  readonly found: boolean
  /** It may also answer those who ask after it was there. */
  readonly lasting: boolean
}

/** One call to a server that several clients wait for. It is cancelled when the last of them has gone. */
export class Flight {
  readonly principal: string
  readonly deadline: number
  /** Until when a finished one still answers those who come. */
  readonly sharedUntil: number
  readonly source = new CancelSource()
  /** Requests that it has answered or will. */
  members = 0
  landed: Landed | undefined
  over = false
  #waiting = 0
  #promise: Promise<Landed> | undefined

  constructor(principal: string, deadline: number, sharedUntil: number) {
    this.principal = principal
    this.deadline = deadline
    this.sharedUntil = sharedUntil
  }

  get promise(): Promise<Landed> {
    if (this.#promise === undefined) throw new RangeError('the flight has not begun')
    return this.#promise
  }

  begin(call: () => Promise<Landed>): void {
    this.#promise = call().then(
      landed => {
        this.landed = landed
        this.over = true
        return landed
      },
      (error: unknown) => {
        this.over = true
        throw error
      },
    )
    // Whoever waits hears of it; nobody may.
    this.#promise.catch(() => {})
  }

  /** Whether one more can have its answer. @param maxMembers undefined for any number */
  takesMore(maxMembers: number | undefined, now: number): boolean {
    if (this.source.aborted || (maxMembers !== undefined && this.members >= maxMembers)) return false
    return !this.over || (this.landed?.lasting === true && now < this.sharedUntil)
  }

  /** Calls back once it answers nobody any more. */
  whenDone(now: () => number, done: () => void): void {
    this.promise.then(() => {
      const restMs = this.landed?.lasting === true ? this.sharedUntil - now() : 0
      if (restMs > 0) setTimeout(done, restMs).unref()
      else done()
    }, done)
  }

  /**
   * Its outcome, for one of those who wait.
   * @param deadline of the one who waits; its own one ends the flight itself
   * @throws CallFailure `Cancelled`, `BackendTimeout`, or what the call ended with
   */
  wait(method: string, signal: CancelSignal, deadline: number, now: () => number): Promise<Landed> {
    this.#waiting++
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      let waits = true
      const leave = (): void => {
        waits = false
        clearTimeout(timer)
        signal.unlisten(listener)
        if (--this.#waiting === 0 && !this.over) this.source.abort()
      }
      const giveUp = (failure: CallFailure): void => {
        if (!waits) return
        leave()
        reject(failure)
      }
      const listener: CancelListener = {onCancel: () => giveUp(cancelled(method))}
      this.promise.then(
        landed => {
          if (!waits) return
          leave()
          resolve(landed)
        },
        (error: unknown) => {
          if (!waits) return
          leave()
          reject(error)
        },
      )
      if (signal.aborted) return giveUp(cancelled(method))
      signal.listen(listener)
      if (deadline < this.deadline) {
        const restMs = Math.max(1, deadline - now())
        timer = setTimeout(() => giveUp(late(method, restMs)), restMs)
      }
    })
  }
}

function cancelled(method: string): CallFailure {
  return new CallFailure(`${method} was cancelled by the client`, {
    kind: 'Cancelled',
    blame: 'client',
    code: rpcCode.serverError,
    delivered: 'unknown',
  })
}

function late(method: string, restMs: number): CallFailure {
  return new CallFailure(`no answer to ${method} within ${Math.round(restMs)} ms`, {
    kind: 'BackendTimeout',
    blame: 'backend-logic',
    code: rpcCode.backendTimeout,
    delivered: 'unknown',
  })
}
