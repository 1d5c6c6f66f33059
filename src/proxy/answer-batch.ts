import type {IncomingMessage} from 'node:http'
import {CancelSource} from '../mcp/cancel-source.ts'
import {scanMessage} from '../mcp/envelope.ts'
import {errorValue, responseMessage} from '../mcp/json-rpc.ts'
import type {Span} from '../mcp/json-scan.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {type AnswerOptions, answerRequest} from './answer-request.ts'
import type {OpenRequest} from './open-request.ts'
import type {BodyBudget} from './read-body.ts'
import {BatchPart, type Reply} from './reply.ts'
import type {Session} from './session.ts'
import {takeMessage} from './take-message.ts'

/** The only revision with JSON-RPC batches. */
export const batchVersion = '2025-03-26'

export interface AskedBatch {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly elements: readonly Span[]
  /** Batches are part of one revision, so they need a session that negotiated it. */
  readonly session: Session
  readonly record: OpenRequest
  readonly reply: Reply
  /** What answers that wait for others may hold, with those of other batches. */
  readonly budget: BodyBudget
}

/** Every message of a batch by itself; the answers of its requests together, in one document. */
export async function answerBatch(options: AnswerOptions, batch: AskedBatch): Promise<void> {
  const {record, reply, elements, body} = batch
  const parts = elements.map(() => new BatchPart(batch.budget))
  try {
    const answers = await Promise.all(
      parts.map((part, at) => {
        const {start, end} = elements[at] ?? {start: 0, end: 0}
        return answerPart(options, batch, body.subarray(start, end), part)
      }),
    )
    record.target = `batch of ${elements.length}`
    const said = answers.filter(answer => answer !== undefined)
    if (said.length === 0) return reply.endEmpty(202)
    const comma = Buffer.from(',')
    const list = said.flatMap((message, index) => (index === 0 ? [message] : [comma, message]))
    reply.end(200, Buffer.concat([Buffer.from('['), ...list, Buffer.from(']')]))
  } finally {
    for (const part of parts) part.free()
  }
}

async function answerPart(
  options: AnswerOptions,
  {request, session, record}: AskedBatch,
  body: Buffer,
  reply: BatchPart,
): Promise<Buffer | undefined> {
  const scanned = scanMessage(body)
  if (!scanned.ok) {
    const error = errorValue(rpcCode.invalidRequest, `Invalid request: ${scanned.why}`)
    return responseMessage(scanned.id, 'error', error)
  }
  const {message} = scanned
  if (message.kind !== 'request') {
    const services = options.viewOf?.(request)?.services ?? options.services
    takeMessage(body, message, {era: 'legacy', session, services}, reply)
  } else {
    const controller = new CancelSource()
    const own = {...record}
    await answerRequest(options, {request, body, message, era: 'legacy', session, controller, record: own, reply})
  }
  if (!reply.dropped) return reply.message
  const why = 'There was an answer, but no room to keep it until the others of the batch are there; ask alone'
  return responseMessage(message.id?.bytes ?? null, 'error', errorValue(rpcCode.serverError, why))
}
