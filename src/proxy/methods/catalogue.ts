import type {Era} from '../../mcp/protocol.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import {forward} from '../forward.ts'
import {jsonResult, type Method} from '../method-call.ts'
import {RpcFailure} from '../rpc-failure.ts'
import {onlyGroup} from '../server-group.ts'
import {complete} from './completion.ts'
import {discover, initialize} from './handshake.ts'
import {listen} from './listen.ts'
import {listMethod} from './lists.ts'
import {setLogLevel} from './logging.ts'
import {callTool, getPrompt} from './named.ts'
import {readResource, subscribeResource, unsubscribeResource} from './resources.ts'

const both: Readonly<Record<string, Method>> = {
  'tools/list': listMethod('tools'),
  'tools/call': callTool,
  'prompts/list': listMethod('prompts'),
  'prompts/get': getPrompt,
  'resources/list': listMethod('resources'),
  'resources/templates/list': listMethod('templates'),
  'resources/read': readResource,
  'completion/complete': complete,
}

/** The methods of each era. */
const methods: Readonly<Record<Era, Readonly<Record<string, Method>>>> = {
  legacy: {
    ...both,
    initialize,
    ping: () => jsonResult({}),
    'logging/setLevel': setLogLevel,
    'resources/subscribe': subscribeResource,
    'resources/unsubscribe': unsubscribeResource,
  },
  modern: {...both, 'server/discover': discover, 'subscriptions/listen': listen},
}

/** Methods of the other era are unknown, and not passed on as if they were a vendor's. */
const ofAnyEra = new Set(Object.values(methods).flatMap(table => Object.keys(table)))

/** The method, or for one that nobody here knows its way to the only backend that it can belong to. */
export function findMethod(era: Era, name: string): Method {
  const table = methods[era]
  const known = Object.hasOwn(table, name) ? table[name] : undefined
  return known ?? (ofAnyEra.has(name) ? unknownMethod : passUnknown)
}

const passUnknown: Method = call => {
  const only = onlyGroup(call.services.groups)
  if (only === undefined || !only.members.some(backend => backend.usable)) return unknownMethod(call)
  const targets = only.members.map(backend => ({group: only, backend, key: ''}))
  return forward(call, targets, ({backend}) => ({backend, params: call.params}))
}

const unknownMethod: Method = ({method}) => {
  throw new RpcFailure(rpcCode.methodNotFound, `Method not found: ${method.slice(0, 128)}`, {
    kind: 'MethodNotFound',
    blame: 'client',
  })
}
