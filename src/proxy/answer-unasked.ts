import type {BackendAnswer} from '../mcp/connection.ts'
import {errorValue} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'

/** What a server gets that asks on the shared connection, where no client is there to be asked. */
export async function answerUnasked(method: string): Promise<BackendAnswer> {
  if (method === 'ping') return {kind: 'result', value: Buffer.from('{}')}
  // Roots are declared to backends (their tools may depend on it), and this runtime has none of its own.
  if (method === 'roots/list') return {kind: 'result', value: Buffer.from('{"roots":[]}')}
  return {kind: 'error', value: errorValue(rpcCode.methodNotFound, `Method not found: ${method}`)}
}
