import {findValue, stringAt} from '../../mcp/splice.ts'
import type {MethodCall} from '../method-call.ts'
import type {Target} from '../server-group.ts'

/** The member that gave out the `requestState` of a call: only there its next round makes sense. */
export function boundTarget(
  {context, method, params, services}: MethodCall,
  targets: readonly Target[],
): Target | undefined {
  if (context.era !== 'modern' || params === null || !params.includes('requestState')) return undefined
  const span = findValue(params, {start: 0, end: params.length}, ['requestState'])
  const token = span && stringAt(params, span)
  if (token === null) return undefined
  const {principal} = context
  return targets.find(
    ({backend, key}) =>
      services.parkedCalls.has(token, principal, `${method} ${backend.id} ${key}`) ||
      services.requestStates.unwrap({serverId: backend.id, principal, target: `${method} ${key}`}, token) !== undefined,
  )
}

/** Whether a call goes on with one that was begun before. */
export function goesOn({context, params}: MethodCall): boolean {
  return context.era === 'modern' && params !== null && params.includes('"requestState"')
}
