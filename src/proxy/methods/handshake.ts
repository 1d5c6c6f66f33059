import {parseObject} from '../../mcp/handshake.ts'
import {metaKey, modernVersion, negotiateLegacy, rpcCode} from '../../mcp/protocol.ts'
import {shortText} from '../../shared/short-text.ts'
import {clientProfile} from '../client-profile.ts'
import {jsonResult, type Method, type MethodCall} from '../method-call.ts'
import {RpcFailure} from '../rpc-failure.ts'

/** Opens a legacy session. */
export const initialize: Method = async call => {
  const {context, params, services} = call
  const wanted = params === null ? undefined : parseObject(params)
  if (typeof wanted?.protocolVersion !== 'string') {
    throw new RpcFailure(rpcCode.invalidParams, 'Invalid params: initialize needs params.protocolVersion', {
      kind: 'InvalidParams',
      blame: 'client',
    })
  }
  const client = wanted.clientInfo as {name?: unknown} | undefined
  const protocolVersion = negotiateLegacy(wanted.protocolVersion)
  const offer = await offered(call)
  const session = services.openSession({
    principal: context.principal,
    protocolVersion,
    clientName: typeof client?.name === 'string' ? shortText(client.name, 256) : '',
    profile: clientProfile(wanted.capabilities),
  })
  return {
    ...jsonResult({protocolVersion, ...offer, serverInfo: services.server}),
    headers: {'mcp-session-id': session.id},
  }
}

export const discover: Method = async call => {
  const offer = await offered(call)
  return jsonResult({
    resultType: 'complete',
    supportedVersions: [modernVersion],
    ...offer,
    ttlMs: 0,
    cacheScope: 'private',
    _meta: {[metaKey.serverInfo]: call.services.server},
  })
}

/** What the backends offer together; `tools` always, since a backend that has some may come at any time. */
async function offered({scope, services, context}: MethodCall): Promise<{capabilities: object; instructions?: string}> {
  await scope.catalogue.settled(services.listTimeoutMs)
  const infos = services.backends.flatMap(backend => (backend.info ? [{id: backend.id, ...backend.info}] : []))
  const has = (name: string): boolean => infos.some(({capabilities}) => capabilities[name] !== undefined)
  const capabilities = {
    tools: {listChanged: true},
    ...(has('prompts') && {prompts: {listChanged: true}}),
    ...(has('resources') && {resources: {listChanged: true, subscribe: true}}),
    ...(has('completions') && {completions: {}}),
    ...((has('logging') || (context.era === 'legacy' && infos.some(({era}) => era === 'modern'))) && {logging: {}}),
  }
  const told = infos.flatMap(({id, instructions}) => (instructions === null ? [] : [{id, instructions}]))
  if (told.length === 0) return {capabilities}
  const instructions =
    infos.length === 1
      ? (told[0]?.instructions ?? '')
      : told.map(each => `## ${each.id}\n${each.instructions}`).join('\n\n')
  return {capabilities, instructions}
}
