import {rpcCode} from '../../mcp/protocol.ts'
import {findValue, replaceSpans, stringAt} from '../../mcp/splice.ts'
import {shownUri} from '../../redaction/formats.ts'
import {forwardCached} from '../cache/forward-cached.ts'
import type {Method, MethodCall} from '../method-call.ts'
import {RpcFailure} from '../rpc-failure.ts'
import type {Target} from '../server-group.ts'
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
  call.record.target = `completion/complete:${name === null ? shownUri(key) : key}`
  const targets = name === null ? await templateTargets(call, key) : await promptTargets(call, key)
  return forwardCached(call, targets, ({backend, key: own}) => ({
    backend,
    params: key === own ? params : replaceSpans(params, [{span, with: Buffer.from(JSON.stringify(own))}]),
  }))
}

async function promptTargets({scope, services}: MethodCall, name: string): Promise<readonly Target[]> {
  await scope.prepare(services.listTimeoutMs)
  const route = scope.catalogue.current.lists.prompts.routes.get(name)
  if (route) return route.targets
  throw new RpcFailure(rpcCode.invalidParams, `Unknown prompt: ${name.slice(0, 128)}`, {
    kind: 'UnknownName',
    blame: 'client',
  })
}

async function templateTargets(call: MethodCall, uri: string): Promise<readonly Target[]> {
  await call.scope.prepare(call.services.listTimeoutMs)
  const route = call.scope.catalogue.current.lists.templates.routes.get(uri)
  return route?.targets ?? routeUri(call, uri)
}
