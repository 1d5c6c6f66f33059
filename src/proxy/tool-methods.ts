import {notificationMessage} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {findValue, replaceSpans, setMember, stringAt} from '../mcp/splice.ts'
import {unavailable} from './backend.ts'
import type {ToolRoute} from './catalogue.ts'
import {paramsForBackend, resultForClient} from './era-bridge.ts'
import type {MethodAnswer, MethodCall} from './method-call.ts'
import {RpcFailure} from './rpc-failure.ts'

/** Our keys in a list's `_meta`: servers whose tools are missing, or are from before they went away. */
const absentKey = 'io.only1mcp/absentServers'
const staleKey = 'io.only1mcp/staleServers'

/** The merged list, within its deadline: what is missing by then is named, never waited for. */
export async function toolList({context, services}: MethodCall): Promise<MethodAnswer> {
  const list = await services.catalogue.settled(services.listTimeoutMs)
  const meta = {
    ...(list.absent.length > 0 && {[absentKey]: list.absent}),
    ...(list.stale.length > 0 && {[staleKey]: list.stale}),
  }
  // How long a legacy backend's list holds is not known: clients ask again or follow list_changed.
  const modern = context.era === 'modern' ? '"resultType":"complete","ttlMs":0,"cacheScope":"private",' : ''
  const head = `{${modern}${Object.keys(meta).length > 0 ? `"_meta":${JSON.stringify(meta)},` : ''}"tools":[`
  return {kind: 'result', value: Buffer.concat([Buffer.from(head), list.elements, Buffer.from(']}')])}
}

/** Sends a call to the one backend that has the tool, and its answer back as the bytes that came. */
export async function callTool(call: MethodCall): Promise<MethodAnswer> {
  const {context, params, record, reply, services} = call
  const {name, span} = toolName(params)
  record.target = `tools/call:${name}`
  const route = await findRoute(call, name)
  const {backend} = route
  record.serverId = backend.id
  const renamed =
    name === route.name || params === null || span === null
      ? params
      : replaceSpans(params, [{span, with: Buffer.from(JSON.stringify(route.name))}])
  const progressToken = tokenOf(params)
  // The era is the backend's own affair until its handshake is done; a call may wait for that.
  const info = backend.connection?.info
  const answer = await backend.call({
    method: 'tools/call',
    params: info ? paramsForBackend(renamed, context.era, info, services.identity) : renamed,
    name: route.name,
    timeoutMs: Math.max(1, Math.min(backend.timeoutMs, context.deadline - services.now())),
    signal: context.signal,
    onNotification: (method, notified) => reply.push(notificationMessage(method, withToken(notified, progressToken))),
  })
  if (answer.kind === 'error') return answer
  const era = backend.connection?.info.era ?? context.era
  return {kind: 'result', value: resultForClient(answer.value, era, context.era)}
}

function toolName(params: Buffer | null): {name: string; span: {start: number; end: number} | null} {
  const span = params && findValue(params, {start: 0, end: params.length}, ['name'])
  const name = params && span && stringAt(params, span)
  if (name === null) {
    throw new RpcFailure(rpcCode.invalidParams, 'Invalid params: tools/call needs params.name', {
      kind: 'InvalidParams',
      blame: 'client',
    })
  }
  return {name, span}
}

async function findRoute({services}: MethodCall, name: string): Promise<ToolRoute> {
  const {catalogue} = services
  const known = catalogue.current.routes.get(name)
  if (known) return known
  const settled = await catalogue.settled(services.listTimeoutMs)
  const late = settled.routes.get(name)
  if (late) return late
  const absent = services.catalogue.absentOwner(name)
  if (absent !== undefined) throw unavailable(absent)
  throw new RpcFailure(rpcCode.invalidParams, `Unknown tool: ${name.slice(0, 128)}`, {
    kind: 'UnknownTool',
    blame: 'client',
  })
}

/** The raw bytes of the client's progress token. */
function tokenOf(params: Buffer | null): Buffer | null {
  const span = params && findValue(params, {start: 0, end: params.length}, ['_meta', 'progressToken'])
  return params !== null && span !== null ? params.subarray(span.start, span.end) : null
}

/** The client's own token in the place of the one that travelled to the backend. */
function withToken(params: Buffer | null, token: Buffer | null): Buffer | null {
  if (params === null || token === null) return params
  const whole = {start: 0, end: params.length}
  return findValue(params, whole, ['progressToken']) === null
    ? params
    : setMember(params, whole, 'progressToken', token)
}
