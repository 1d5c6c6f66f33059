import {notificationMessage} from '../../mcp/json-rpc.ts'
import type {Span} from '../../mcp/json-scan.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import {findValue, replaceSpans, setMember, stringAt} from '../../mcp/splice.ts'
import {shownUri} from '../../redaction/formats.ts'
import {choose} from '../balance/choose.ts'
import {forwardCached} from '../cache/forward-cached.ts'
import {jsonResult, type Method, type MethodCall} from '../method-call.ts'
import {ownUri} from '../names.ts'
import {RpcFailure} from '../rpc-failure.ts'
import type {ServerGroup, Target} from '../server-group.ts'
import type {UpdateListener} from '../subscriptions.ts'
import {matchesTemplate} from '../uri-template.ts'

export const readResource: Method = async call => {
  const {uri, span, params} = uriIn(call)
  call.record.target = `resources/read:${shownUri(uri)}`
  return forwardCached(call, await routeUri(call, uri), ({backend, key}) => ({
    backend,
    params: uri === key ? params : replaceSpans(params, [{span, with: Buffer.from(JSON.stringify(key))}]),
    name: key,
  }))
}

export const subscribeResource: Method = async call => {
  const {uri} = uriIn(call)
  const session = sessionOf(call)
  allowSubscriptions(call, session.subscribed.size + (session.subscribed.has(uri) ? 0 : 1))
  const {backend, key: own} = await chooseUri(call, uri)
  call.record.serverId = backend.id
  const changed = notificationMessage('notifications/resources/updated', Buffer.from(JSON.stringify({uri})))
  const link = await call.scope.ownLink(backend)
  const listener: UpdateListener = {
    updated: params => session.tell(notificationMessage('notifications/resources/updated', asKnown(params, uri))),
    ended: () => {
      session.subscribed.delete(uri)
      // Nothing in the protocol says that a subscription has ended: who reads the resource finds out why.
      session.tell(changed)
    },
  }
  const end = await (link === undefined
    ? call.services.subscriptions.subscribe(backend, own, listener)
    : session.ownSubscriptions.subscribe(link, backend, own, listener))
  session.subscribed.get(uri)?.()
  session.subscribed.set(uri, end)
  return jsonResult({})
}

/** @param wanted resources that the client would watch then @throws RpcFailure */
export function allowSubscriptions({services: {maxSubscriptions}}: MethodCall, wanted: number): void {
  if (wanted <= maxSubscriptions) return
  throw new RpcFailure(
    rpcCode.invalidParams,
    `Too many subscriptions: a client may watch ${maxSubscriptions} resources at a time (server.max_subscriptions)`,
    {kind: 'TooManySubscriptions', blame: 'client'},
  )
}

/** A notification about a resource by the name that the client has for it. */
export function asKnown(params: Buffer, uri: string): Buffer {
  return setMember(params, {start: 0, end: params.length}, 'uri', Buffer.from(JSON.stringify(uri)))
}

export const unsubscribeResource: Method = call => {
  const {uri} = uriIn(call)
  const session = sessionOf(call)
  session.subscribed.get(uri)?.()
  session.subscribed.delete(uri)
  session.relay?.unsubscribe(session, uri)
  return jsonResult({})
}

/** The one server that a subscription to a URI goes to. @throws RpcFailure */
export async function chooseUri(call: MethodCall, uri: string): Promise<Target> {
  const choice = choose(call, await routeUri(call, uri), [])
  if (choice === undefined) throw notFound(call, uri)
  return choice.target
}

/** The servers that a URI belongs to: by the lists, by its prefix, by a template, or because only one can have it. */
export async function routeUri(call: MethodCall, uri: string): Promise<readonly Target[]> {
  const {scope, services} = call
  const known = scope.catalogue.current.lists.resources.routes.get(uri)
  if (known) return known.targets
  const prefixed = services.groups.find(({naming}) => naming.uriPrefix !== '' && uri.startsWith(naming.uriPrefix))
  if (prefixed) return allowed(call, targetsOf(prefixed, ownUri(prefixed.naming, uri) ?? uri), uri)
  await scope.prepare(services.listTimeoutMs)
  const {resources, templates} = scope.catalogue.current.lists
  const late = resources.routes.get(uri)
  if (late) return late.targets
  for (const {targets} of templates.routes.values()) {
    const matching = targets.filter(({group, key}) => group.naming.uriPrefix === '' && matchesTemplate(key, uri))
    if (matching.length > 0)
      return allowed(
        call,
        matching.map(target => ({...target, key: uri})),
        uri,
      )
  }
  const candidates = services.groups.filter(
    ({naming, members}) =>
      naming.uriPrefix === '' && members.some(backend => backend.info?.capabilities.resources !== undefined),
  )
  if (candidates.length === 1 && candidates[0]) return allowed(call, targetsOf(candidates[0], uri), uri)
  throw notFound(call, uri)
}

/** What a server's rules keep back is not there, whoever knows its URI. @throws RpcFailure */
function allowed(call: MethodCall, targets: readonly Target[], uri: string): readonly Target[] {
  const offering = targets.filter(({backend, key}) => backend.rules.offered('resources', key) !== undefined)
  if (offering.length === 0) throw notFound(call, uri)
  return offering
}

function targetsOf(group: ServerGroup, key: string): Target[] {
  return group.members.filter(backend => backend.status !== 'disabled').map(backend => ({group, backend, key}))
}

function notFound(call: MethodCall, uri: string): RpcFailure {
  return new RpcFailure(
    call.context.era === 'modern' ? rpcCode.invalidParams : rpcCode.noBackend,
    `Resource not found: ${shownUri(uri).slice(0, 200)}`,
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
