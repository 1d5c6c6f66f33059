/** What a probe needs of a client, whatever its revision puts on the wire. */
import {sseEvents} from './sse-events.ts'

export const legacyRevisions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const
export const revisions = [...legacyRevisions, '2026-07-28'] as const
export type LegacyRevision = (typeof legacyRevisions)[number]
export type Revision = (typeof revisions)[number]

export type RpcId = string | number
export type Params = Readonly<Record<string, unknown>>
export interface RpcMessage {
  readonly jsonrpc: '2.0'
  readonly id?: RpcId
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: {readonly code: number; readonly message: string; readonly data?: unknown}
}

export interface CallOptions {
  /** Without it the client counts. */
  readonly id?: RpcId
  readonly progressToken?: string | number
  readonly onNotification?: (message: RpcMessage) => void
}

export interface Call {
  /** The answer with our id; rejects when the transport fails or the call is cancelled. */
  readonly answer: Promise<RpcMessage>
  /** Cancels as the revision says: a notification, or the end of the stream. */
  cancel(): Promise<void>
}

export interface Watch {
  /** The next notification with this method, also one that came before. */
  next(method: string, timeoutMs: number): Promise<RpcMessage>
  close(): void
}

export interface WireClient {
  readonly revision: Revision
  call(method: string, params: Params, options?: CallOptions): Call
  /** Opens the stream that brings tools/list_changed; resolves once the server has accepted it. */
  watchTools(): Promise<Watch>
  close(): Promise<void>
}

/** Every message of a response, be it one JSON body or a stream. Throws on a status that is not 2xx. */
export async function* responseMessages(response: Response): AsyncGenerator<RpcMessage> {
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/event-stream') && response.ok && response.body !== null) {
    for await (const {data} of sseEvents(response.body)) yield* asList(JSON.parse(data))
    return
  }
  const text = await response.text()
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${text.slice(0, 300)}`)
  if (!type.startsWith('application/json')) throw new Error(`unexpected content type ${type || '(none)'}`)
  yield* asList(JSON.parse(text))
}

const asList = (message: RpcMessage | RpcMessage[]): RpcMessage[] => (Array.isArray(message) ? message : [message])

/** Reads until the answer with `id`; everything else goes to `onNotification`. */
export async function answerOf(
  messages: AsyncIterable<RpcMessage>,
  id: RpcId,
  onNotification: ((message: RpcMessage) => void) | undefined,
): Promise<RpcMessage> {
  for await (const message of messages) {
    if (message.method !== undefined) onNotification?.(message)
    else if (message.id === id) return message
    else throw new Error(`an answer with id ${JSON.stringify(message.id)} instead of ${JSON.stringify(id)}`)
  }
  throw new Error('the stream ended without an answer')
}

/** Collects notifications of a stream that runs beside the calls. */
export function watchMessages(messages: AsyncIterable<RpcMessage>, close: () => void): Watch {
  const seen: RpcMessage[] = []
  let wake = () => {}
  let failure: unknown
  const reading = (async () => {
    for await (const message of messages) {
      seen.push(message)
      wake()
    }
  })()
  reading.catch(error => {
    failure = error
    wake()
  })
  return {
    close,
    async next(method, timeoutMs) {
      const deadline = performance.now() + timeoutMs
      for (;;) {
        const index = seen.findIndex(message => message.method === method)
        const [found] = index === -1 ? [] : seen.splice(index, 1)
        if (found !== undefined) return found
        if (failure !== undefined) throw failure
        const left = deadline - performance.now()
        if (left <= 0) throw new Error(`no ${method} within ${timeoutMs} ms`)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
  }
}
