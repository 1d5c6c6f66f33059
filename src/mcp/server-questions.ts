import {messageOf} from '../shared/errors.ts'
import {CancelSource} from './cancel-source.ts'
import type {BackendAnswer, ServerRequestHandler} from './connection.ts'
import {errorValue} from './json-rpc.ts'
import {type MessageId, readId} from './message-id.ts'
import {rpcCode} from './protocol.ts'
import {findValue} from './splice.ts'

/** What one backend asks over one connection (legacy era), by the ids that it chose. */
export class ServerQuestions {
  readonly #open = new Map<string, CancelSource>()
  readonly #progress: (params: Buffer) => void

  constructor(notify: (method: string, params: Buffer) => void) {
    this.#progress = params => notify('notifications/progress', params)
  }

  /** @returns what is to be answered; undefined where nobody waits for it any more */
  async ask(
    id: MessageId | null,
    handle: ServerRequestHandler,
    method: string,
    params: Buffer | null,
  ): Promise<BackendAnswer | undefined> {
    const signal = new CancelSource()
    const key = id?.key ?? ''
    this.#open.set(key, signal)
    const answer = await handle(method, params, {signal, progress: this.#progress}).catch(
      (error: unknown): BackendAnswer => ({
        kind: 'error',
        value: errorValue(rpcCode.internalError, messageOf(error)),
      }),
    )
    if (this.#open.get(key) === signal) this.#open.delete(key)
    return signal.aborted ? undefined : answer
  }

  /** The backend's `notifications/cancelled`. @returns whether it was about a question that is open */
  withdrawn(params: Buffer | null): boolean {
    const span = params && findValue(params, {start: 0, end: params.length}, ['requestId'])
    const key = params && span && readId(params, span.start, span.end)?.key
    const signal = typeof key === 'string' ? this.#open.get(key) : undefined
    signal?.abort()
    return signal !== undefined
  }

  /** The call that a question belonged to has failed. */
  drop({key}: MessageId): void {
    this.#open.get(key)?.abort()
  }

  /** Nobody is there any more who waits for an answer. */
  end(): void {
    for (const signal of [...this.#open.values()]) signal.abort()
  }
}
