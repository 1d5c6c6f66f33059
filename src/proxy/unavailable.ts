import type {ServerSnapshot} from '../control/contract/server.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import {rpcCode} from '../mcp/protocol.ts'

/** There is no way to this server now, and what is known of why. */
export function unavailable(backend: Pick<ServerSnapshot, 'id' | 'status' | 'lastError'>): CallFailure {
  const {lastError, status} = backend
  return new CallFailure(
    `No backend available: ${backend.id} is ${status.replace('_', ' ')}${lastError === null ? '' : `: ${lastError.message}`}`,
    {
      kind: 'NoBackend',
      blame: lastError?.blame ?? 'backend-process',
      code: rpcCode.noBackend,
      delivered: 'no',
    },
  )
}
