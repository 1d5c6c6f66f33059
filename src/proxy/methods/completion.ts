import {rpcCode} from '../../mcp/protocol.ts'
import {findValue, replaceSpans, stringAt} from '../../mcp/splice.ts'
import {forward} from '../forward.ts'
import type {Method, MethodCall} from '../method-call.ts'
import {RpcFailure} from '../rpc-failure.ts'
import type {UriRoute} from './resources.ts'
import {routeUri} from './resources.ts'

/** Completes an argument of a prompt or a resource template: asked of the backend that the reference belongs to. */
export const complete: Method = async call => {
  const {params} = call
  const whole = {start: 0, end: params?.length ?? 0}
  const name = params && findValue(params, whole, ['ref', 'name'])
  const uri = params && findValue(params, whole, ['ref', 'uri'])
  const span = name ?? uri
  const key = params && span && stringAt(params, span)
  if (params === null || span === null || key === null) {
    throw new RpcFailure(
      rpcCode.invalidParams,
      'Invalid params: completion/complete needs params.ref with a name or a uri',
      {kind: 'InvalidParams', blame: 'client'},
    )
  }
  call.record.target = `completion/complete:${key}`
  const route = name === null ? await templateRoute(call, key) : await promptRoute(call, key)
  const own = key === route.uri ? params : replaceSpans(params, [{span, with: Buffer.from(JSON.stringify(route.uri))}])
  return forward(call, {backend: route.backend, params: own})
}

async function promptRoute({scope, services}: MethodCall, name: string): Promise<UriRoute> {
  await scope.prepare(services.listTimeoutMs)
  const route = scope.catalogue.current.lists.prompts.routes.get(name)
  if (route) return {backend: route.backend, uri: route.key}
  throw new RpcFailure(rpcCode.invalidParams, `Unknown prompt: ${name.slice(0, 128)}`, {
    kind: 'UnknownName',
    blame: 'client',
  })
}

async function templateRoute(call: MethodCall, uri: string): Promise<UriRoute> {
  await call.scope.prepare(call.services.listTimeoutMs)
  const route = call.scope.catalogue.current.lists.templates.routes.get(uri)
  return route ? {backend: route.backend, uri: route.key} : routeUri(call, uri)
}
