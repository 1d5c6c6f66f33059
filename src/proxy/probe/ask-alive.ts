import {CallFailure} from '../../mcp/call-failure.ts'
import type {BackendConnection} from '../../mcp/connection.ts'
import {type ClientIdentity, envelopeMeta} from '../../mcp/handshake.ts'
import {messageOf} from '../../shared/errors.ts'
import {answersBadly} from '../resilience/faults.ts'

/**
 * Asks a server whether it lives, in its own protocol: `ping` in the legacy era, `server/discover` in the modern one, which
 * has no ping. Any answer will do, an error too; a GET to an MCP endpoint opens a stream, or is refused, and tells nothing.
 * @returns what was wrong; null where nothing was
 */
export async function askAlive(
  connection: BackendConnection,
  identity: ClientIdentity,
  timeoutMs: number,
): Promise<string | null> {
  const modern = connection.info.era === 'modern'
  try {
    const answer = await connection.call({
      method: modern ? 'server/discover' : 'ping',
      params: modern ? Buffer.from(JSON.stringify({_meta: envelopeMeta(identity)})) : null,
      timeoutMs,
    })
    return answersBadly(answer) ? `it answered HTTP ${answer.status}` : null
  } catch (error) {
    if (error instanceof CallFailure) return error.message
    return messageOf(error)
  }
}
