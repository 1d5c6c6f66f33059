import type {IncomingMessage} from 'node:http'
import {scanMessage} from '../../mcp/envelope.ts'
import {errorValue, responseMessage} from '../../mcp/json-rpc.ts'
import type {BlameParty} from '../../shared/blame.ts'
import type {OpenRequest} from '../open-request.ts'
import {type BodyBudget, readBody} from '../read-body.ts'
import type {Reply} from '../reply.ts'
import type {Refusal} from './gate.ts'

/** Somebody who may not come in gets this much read for the id of the request, so that the client knows what failed. */
const maxBodyBytes = 64 * 1024
const budget: BodyBudget = {maxBytes: 8 * 1024 * 1024, heldBytes: 0}

/** Answers a request that is not let in. The client hears what, the log also hears why. */
export async function sendRefusal(
  refusal: Refusal,
  request: IncomingMessage,
  record: OpenRequest,
  reply: Reply,
): Promise<void> {
  // Nobody can say whether a token is good while its issuer's keys are out of reach.
  const blame: BlameParty = refusal.kind === 'TokenKeysUnavailable' ? 'transport' : 'client'
  record.outcome = 'error'
  record.kind = refusal.kind
  record.code = refusal.code
  record.blame = blame
  record.message = `${refusal.message}: ${refusal.detail}`
  const {id, read} = await idOf(request)
  const value = errorValue(refusal.code, refusal.message, {
    cause: refusal.kind,
    blame,
    requestId: record.requestId,
    ...(refusal.retryAfterMs !== undefined && {retryAfterMs: refusal.retryAfterMs}),
  })
  const headers = read ? refusal.headers : {...refusal.headers, connection: 'close'}
  reply.end(refusal.status, responseMessage(id, 'error', value), headers)
}

/** The raw bytes of the request's id, or null where they cannot be had cheaply. */
async function idOf(request: IncomingMessage): Promise<{id: Buffer | null; read: boolean}> {
  if (request.method !== 'POST') return {id: null, read: request.headers['content-length'] === undefined}
  const body = await readBody(request, maxBodyBytes, budget)
  if (body.state !== 'read') return {id: null, read: false}
  const scanned = scanMessage(body.body)
  if (scanned.ok) return {id: scanned.message.id?.bytes ?? null, read: true}
  return {id: scanned.fault === 'batch' ? null : scanned.id, read: true}
}
