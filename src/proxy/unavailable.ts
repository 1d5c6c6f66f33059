import {CallFailure} from '../mcp/call-failure.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {Backend} from './backend.ts'

/** There is no way to this server now, and what is known of why. */
export function unavailable(backend: Backend): CallFailure {
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
