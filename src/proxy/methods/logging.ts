import type {CancelSignal} from '../../mcp/cancel-source.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import {findValue, stringAt} from '../../mcp/splice.ts'
import type {ClientScope} from '../client-scope.ts'
import {mcpLogLevels} from '../mcp-log-levels.ts'
import {jsonResult, type Method, type Services} from '../method-call.ts'
import {RpcFailure} from '../rpc-failure.ts'
import {tellLogLevel} from '../tell-log-level.ts'

/** Remembered for the session, and told to every legacy backend that logs: the most talkative session decides there. */
export const setLogLevel: Method = async ({params, session, scope, services, context}) => {
  const span = params && findValue(params, {start: 0, end: params.length}, ['level'])
  const level = (params && span && stringAt(params, span)) ?? ''
  if (!mcpLogLevels.includes(level)) {
    throw new RpcFailure(rpcCode.invalidParams, `Invalid params: level must be one of ${mcpLogLevels.join(', ')}`, {
      kind: 'InvalidParams',
      blame: 'client',
    })
  }
  if (session) {
    session.logLevel = level
    session.relay?.level(session, level)
  }
  await tellBackends(services, scope, services.sessions.lowestLogLevel(mcpLogLevels) ?? level, context.signal)
  return jsonResult({})
}

/** Has every legacy backend that logs do so from a level on. @throws CallFailure */
export async function tellBackends(
  {backends}: Pick<Services, 'backends'>,
  scope: ClientScope,
  level: string,
  signal: CancelSignal,
): Promise<void> {
  for (const backend of backends) {
    if (!backend.usable || backend.info?.era !== 'legacy' || backend.info.capabilities.logging === undefined) continue
    const {link, release} = await scope.lease(backend, backend.timeoutMs, signal)
    void tellLogLevel(backend, link, level).finally(release)
  }
}
