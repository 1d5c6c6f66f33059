import {notificationMessage} from '../../mcp/json-rpc.ts'
import type {Span} from '../../mcp/json-scan.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import {findValue, replaceSpans, setMember, stringAt} from '../../mcp/splice.ts'
import type {Backend} from '../backend.ts'
import {forward} from '../forward.ts'
import {jsonResult, type Method, type MethodCall} from '../method-call.ts'
import {exposedUri, ownUri} from '../names.ts'
import {RpcFailure} from '../rpc-failure.ts'
import {matchesTemplate} from '../uri-template.ts'

export interface UriRoute {
  readonly backend: Backend
  /** The backend's own URI. */
  readonly uri: string
}

export const readResource: Method = async call => {
  const {uri, span, params} = uriIn(call)
  call.record.target = `resources/read:${uri}`
  const route = await routeUri(call, uri)
  const own = uri === route.uri ? params : replaceSpans(params, [{span, with: Buffer.from(JSON.stringify(route.uri))}])
  return forward(call, {backend: route.backend, params: own, name: route.uri})
}

export const subscribeResource: Method = async call => {
  const {uri} = uriIn(call)
  const session = sessionOf(call)
  const {backend, uri: own} = await routeUri(call, uri)
  call.record.serverId = backend.id
  const end = await call.services.subscriptions.subscribe(backend, own, params => {
    const updated = setMember(
      params,
      {start: 0, end: params.length},
      'uri',
      Buffer.from(JSON.stringify(exposedUri(backend.naming, own))),
    )
    session.notify?.(notificationMessage('notifications/resources/updated', updated))
  })
  session.subscribed.get(uri)?.()
  session.subscribed.set(uri, end)
  return jsonResult({})
}

export const unsubscribeResource: Method = call => {
  const {uri} = uriIn(call)
  const session = sessionOf(call)
  session.subscribed.get(uri)?.()
  session.subscribed.delete(uri)
  return jsonResult({})
}

/** The backend that a URI belongs to: by its prefix, by the lists, by a template, or because only one can have it. */
export async function routeUri(call: MethodCall, uri: string): Promise<UriRoute> {
  const {scope, services} = call
  const known = scope.catalogue.current.lists.resources.routes.get(uri)
  if (known) return {backend: known.backend, uri: known.key}
  const prefixed = services.backends.find(
    backend => backend.naming.uriPrefix !== '' && uri.startsWith(backend.naming.uriPrefix),
  )
  if (prefixed) return allowed(call, prefixed, ownUri(prefixed.naming, uri) ?? uri, uri)
  await scope.prepare(services.listTimeoutMs)
  const {resources, templates} = scope.catalogue.current.lists
  const late = resources.routes.get(uri)
  if (late) return {backend: late.backend, uri: late.key}
  for (const {backend, key} of templates.routes.values()) {
    if (backend.naming.uriPrefix === '' && matchesTemplate(key, uri)) return allowed(call, backend, uri, uri)
  }
  const candidates = services.backends.filter(
    backend => backend.naming.uriPrefix === '' && backend.info?.capabilities.resources !== undefined,
  )
  if (candidates.length === 1 && candidates[0]) return allowed(call, candidates[0], uri, uri)
  throw notFound(call, uri)
}

/** What the server's rules keep back is not there, whoever knows its URI. @throws RpcFailure */
function allowed(call: MethodCall, backend: Backend, own: string, uri: string): UriRoute {
  if (backend.rules.offered('resources', own) === undefined) throw notFound(call, uri)
  return {backend, uri: own}
}

function notFound(call: MethodCall, uri: string): RpcFailure {
  return new RpcFailure(
    call.context.era === 'modern' ? rpcCode.invalidParams : rpcCode.noBackend,
    `Resource not found: ${uri.slice(0, 200)}`,
    {
      kind: 'UnknownResource',
      blame: 'client',
      data: {uri: uri.slice(0, 1000)},
    },
  )
}

function uriIn({params, method}: MethodCall): {uri: string; span: Span; params: Buffer} {
  const span = params && findValue(params, {start: 0, end: params.length}, ['uri'])
  const uri = params && span && stringAt(params, span)
  if (params === null || span === null || uri === null) {
    throw new RpcFailure(rpcCode.invalidParams, `Invalid params: ${method} needs params.uri`, {
      kind: 'InvalidParams',
      blame: 'client',
    })
  }
  return {uri, span, params}
}

function sessionOf({session, method}: MethodCall): NonNullable<MethodCall['session']> {
  if (session !== null) return session
  throw new RpcFailure(rpcCode.invalidRequest, `Invalid request: ${method} needs a session`, {
    kind: 'NoSession',
    blame: 'client',
  })
}
