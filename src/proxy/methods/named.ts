import type {Span} from '../../mcp/json-scan.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import {findValue, replaceSpans, stringAt} from '../../mcp/splice.ts'
import {forwardCached} from '../cache/forward-cached.ts'
import type {Route} from '../catalogue.ts'
import type {Method, MethodAnswer, MethodCall} from '../method-call.ts'
import {RpcFailure} from '../rpc-failure.ts'
import {unavailable} from '../unavailable.ts'
import {checkParamHeaders, makeParamHeaders} from './param-headers.ts'

/** Sends a call to the one backend that has the tool, and its answer back as the bytes that came. */
export const callTool: Method = call => callNamed(call, 'tools', 'Unknown tool')

export const getPrompt: Method = call => callNamed(call, 'prompts', 'Unknown prompt')

function callNamed(call: MethodCall, kind: 'tools' | 'prompts', unknown: string): MethodAnswer | Promise<MethodAnswer> {
  const named = nameIn(call)
  call.record.target = `${call.method}:${named.name}`
  const route = call.scope.catalogue.current.lists[kind].routes.get(named.name)
  if (route !== undefined) return callRouted(call, kind, route, named)
  return lateRoute(call, kind, named.name, unknown).then(late => callRouted(call, kind, late, named))
}

function callRouted(
  call: MethodCall,
  kind: 'tools' | 'prompts',
  {entry, targets}: Route,
  {name, span}: Named,
): MethodAnswer | Promise<MethodAnswer> {
  const {params, context} = call
  if (kind === 'tools' && context.era === 'modern') checkParamHeaders(entry.bytes, params, call.paramHeaders)
  const headers = kind === 'tools' && context.era === 'legacy' ? makeParamHeaders(entry.bytes, params) : undefined
  return forwardCached(call, targets, ({backend, key}) => ({
    backend,
    params:
      name === key || params === null ? params : replaceSpans(params, [{span, with: Buffer.from(JSON.stringify(key))}]),
    name: key,
    ...(headers && {headers}),
  }))
}

interface Named {
  readonly name: string
  /** Where it stands in the params. */
  readonly span: Span
}

function nameIn({params, method}: MethodCall): Named {
  const span = params && findValue(params, {start: 0, end: params.length}, ['name'])
  const name = params && span && stringAt(params, span)
  if (span === null || name === null) {
    throw new RpcFailure(rpcCode.invalidParams, `Invalid params: ${method} needs params.name`, {
      kind: 'InvalidParams',
      blame: 'client',
    })
  }
  return {name, span}
}

/** Of a name that no list has yet. */
async function lateRoute(
  {scope, services}: MethodCall,
  kind: 'tools' | 'prompts',
  name: string,
  unknown: string,
): Promise<Route> {
  await scope.prepare(services.listTimeoutMs)
  const late = scope.catalogue.current.lists[kind].routes.get(name)
  if (late) return late
  const absent = scope.catalogue.absentOwner(name)
  const standIn = kind === 'tools' && absent !== undefined ? scope.catalogue.standIn(absent, name) : undefined
  if (standIn) return standIn
  const first = absent?.members.find(backend => backend.status !== 'disabled')
  if (first !== undefined) throw unavailable(first)
  throw new RpcFailure(rpcCode.invalidParams, `${unknown}: ${name.slice(0, 128)}`, {
    kind: 'UnknownName',
    blame: 'client',
  })
}
