import {rpcCode} from '../../mcp/protocol.ts'
import {findValue} from '../../mcp/splice.ts'
import {type ListKind, listKinds} from '../list-kinds.ts'
import type {Method} from '../method-call.ts'
import {RpcFailure} from '../rpc-failure.ts'

/** Our keys in a list's `_meta`: servers that are missing from it, or that are in it from before they went away. */
const absentKey = 'io.only1mcp/absentServers'
const staleKey = 'io.only1mcp/staleServers'

/** A merged list, within its deadline and in one page: what is missing by then is named, never waited for. */
export function listMethod(kind: ListKind): Method {
  return async call => {
    const {context, params, scope, services} = call
    if (params !== null && findValue(params, {start: 0, end: params.length}, ['cursor']) !== null) {
      throw new RpcFailure(rpcCode.invalidParams, 'Invalid params: there is no such cursor, the list has one page', {
        kind: 'InvalidCursor',
        blame: 'client',
      })
    }
    const complete = services.cache !== undefined && scope.catalogue.current.absent.length === 0
    await scope.prepare(services.listTimeoutMs)
    services.cache?.listed(call, complete)
    const {current} = scope.catalogue
    if (services.detail.debugs(call.record)) services.detail.listed(call.record, kind, current, services.now())
    const {lists, absent, stale} = current
    const list = lists[kind]
    const meta = {...(absent.length > 0 && {[absentKey]: absent}), ...(stale.length > 0 && {[staleKey]: stale})}
    const incomplete = absent.length > 0 || stale.length > 0
    const cache = `"ttlMs":${incomplete ? 0 : list.ttlMs},"cacheScope":"${list.cacheScope}",`
    const modern = context.era === 'modern' ? `"resultType":"complete",${cache}` : ''
    const head = `{${modern}${incomplete ? `"_meta":${JSON.stringify(meta)},` : ''}"${listKinds[kind].field}":[`
    return {kind: 'result', value: Buffer.concat([Buffer.from(head), list.elements, Buffer.from(']}')])}
  }
}
