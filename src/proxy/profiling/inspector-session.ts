import {Session} from 'node:inspector'

/**
 * The engine's own profilers, asked within the process: no port is opened. The engine answers before `post` returns, so
 * that a recording can also be ended while the process ends.
 */
export class InspectorSession {
  readonly #session = new Session()

  constructor() {
    this.#session.connect()
  }

  /** @throws Error with what the engine says */
  post<Result = object>(method: string, params: object = {}): Result {
    let outcome: {readonly error: Error | null; readonly result: unknown} | undefined
    this.#session.post(method, params, (error, result) => {
      outcome = {error, result}
    })
    if (outcome === undefined) throw new Error(`${method}: the engine did not answer at once`)
    if (outcome.error) throw new Error(`${method}: ${outcome.error.message}`)
    return outcome.result as Result
  }

  on(event: string, listener: (message: {readonly params: unknown}) => void): void {
    this.#session.on(event, listener as () => void)
  }

  close(): void {
    this.#session.disconnect()
  }
}
