import {parseObject} from '../mcp/handshake.ts'
import {metaKey, modernVersion, negotiateLegacy, rpcCode} from '../mcp/protocol.ts'
import type {MethodAnswer, MethodCall} from './method-call.ts'
import type {RequestContext} from './request-context.ts'
import {RpcFailure} from './rpc-failure.ts'
import {callTool, toolList} from './tool-methods.ts'

type Method = (call: MethodCall) => MethodAnswer | Promise<MethodAnswer>

/** The methods of each era; one that is not here does not exist for its clients. */
const methods: Readonly<Record<RequestContext['era'], Readonly<Record<string, Method>>>> = {
  legacy: {
    initialize,
    ping: () => result({}),
    'tools/list': toolList,
    'tools/call': callTool,
  },
  modern: {
    'server/discover': discover,
    'tools/list': toolList,
    'tools/call': callTool,
  },
}

/** @returns undefined when the era has no such method */
export function findMethod(era: RequestContext['era'], name: string): Method | undefined {
  const table = methods[era]
  return Object.hasOwn(table, name) ? table[name] : undefined
}

const capabilities = {tools: {listChanged: true}}

function initialize({context, params, services}: MethodCall): MethodAnswer {
  const wanted = params === null ? undefined : parseObject(params)
  if (typeof wanted?.protocolVersion !== 'string') {
    throw new RpcFailure(rpcCode.invalidParams, 'Invalid params: initialize needs params.protocolVersion', {
      kind: 'InvalidParams',
      blame: 'client',
    })
  }
  const client = wanted.clientInfo as {name?: unknown} | undefined
  const protocolVersion = negotiateLegacy(wanted.protocolVersion)
  const session = services.sessions.open(context.principal, protocolVersion, String(client?.name ?? ''))
  return {
    ...result({protocolVersion, capabilities, serverInfo: services.server}),
    headers: {'mcp-session-id': session.id},
  }
}

function discover({services}: MethodCall): MethodAnswer {
  return result({
    resultType: 'complete',
    supportedVersions: [modernVersion],
    capabilities,
    ttlMs: 0,
    cacheScope: 'private',
    _meta: {[metaKey.serverInfo]: services.server},
  })
}

function result(value: object): MethodAnswer {
  return {kind: 'result', value: Buffer.from(JSON.stringify(value))}
}
