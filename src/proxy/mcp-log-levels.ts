import {findValue, stringAt} from '../mcp/splice.ts'

/** MCP's log levels, the least grave first. */
export const mcpLogLevels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']

/**
 * Whether a `notifications/message` is as grave as a client wants: a backend that several clients share logs from the lowest
 * of their levels on. What has no level that the protocol knows passes.
 */
export function reachesLevel(params: Buffer | null, level: string | undefined): boolean {
  if (level === undefined || params === null) return true
  const span = findValue(params, {start: 0, end: params.length}, ['level'])
  const rank = mcpLogLevels.indexOf((span && stringAt(params, span)) ?? '')
  return rank === -1 || rank >= mcpLogLevels.indexOf(level)
}
