import {errorValue, responseMessage} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {Refusal} from './classify.ts'
import type {OpenRequest} from './open-request.ts'
import type {Reply} from './reply.ts'

/** Answers a request that goes no further: the client's own fault, or more than can be taken now. */
export function refuse(
  record: OpenRequest,
  reply: Reply,
  refusal: Refusal,
  id: Buffer | null,
  headers: Readonly<Record<string, string>> = {},
): void {
  record.outcome = 'error'
  record.kind = 'RequestRefused'
  record.code = refusal.code
  record.blame = 'client'
  record.message = refusal.message
  const error = errorValue(refusal.code, refusal.message, refusal.data)
  reply.end(refusal.status, responseMessage(id, 'error', error), headers)
}

export const sessionNotFound: Refusal = {status: 404, code: rpcCode.backendTimeout, message: 'Session not found'}

/** What is wrong with the bytes of a body. */
export function malformed(fault: string, why: string): Refusal {
  const parse = fault === 'malformed' || fault === 'invalid-utf8'
  return {
    status: 400,
    code: parse ? rpcCode.parseError : rpcCode.invalidRequest,
    message: `${parse ? 'Parse error' : 'Invalid request'}: ${why}`,
  }
}
