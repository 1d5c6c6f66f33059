import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendConnection, BackendInfo} from '../mcp/connection.ts'
import {type ClientIdentity, envelopeMeta} from '../mcp/handshake.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {arrayElements, findValue, stringAt} from '../mcp/splice.ts'

/** One tool as the backend described it. */
export interface ToolEntry {
  /** The backend's own name for it. */
  readonly name: string
  /** Its description as the bytes that came. */
  readonly bytes: Buffer
  /** Where in `bytes` the name's JSON string stands. */
  readonly nameSpan: {readonly start: number; readonly end: number}
}

const maxPages = 100

/** All pages of a backend's tools/list. @throws CallFailure */
export async function listTools(
  connection: BackendConnection,
  identity: ClientIdentity,
  timeoutMs: number,
): Promise<readonly ToolEntry[]> {
  if (connection.info.capabilities.tools === undefined) return []
  const tools: ToolEntry[] = []
  let cursor: string | undefined
  for (let page = 0; page < maxPages; page++) {
    const answer = await connection.call({
      method: 'tools/list',
      params: listParams(connection.info, identity, cursor),
      timeoutMs,
    })
    if (answer.kind === 'error') throw malformedList('it answered tools/list with an error', answer.value)
    const whole = {start: 0, end: answer.value.length}
    const list = findValue(answer.value, whole, ['tools'])
    if (list === null) throw malformedList('its tools/list result has no tools', answer.value)
    for (const element of arrayElements(answer.value, list)) {
      const entry = toolEntry(answer.value.subarray(element.start, element.end))
      if (entry) tools.push(entry)
    }
    const next = findValue(answer.value, whole, ['nextCursor'])
    cursor = (next && stringAt(answer.value, next)) ?? undefined
    if (cursor === undefined) return tools
  }
  throw malformedList(`its tools/list has more than ${maxPages} pages`, Buffer.alloc(0))
}

function toolEntry(bytes: Buffer): ToolEntry | undefined {
  const nameSpan = findValue(bytes, {start: 0, end: bytes.length}, ['name'])
  const name = nameSpan && stringAt(bytes, nameSpan)
  return nameSpan === null || name === null ? undefined : {name, bytes, nameSpan}
}

function listParams(info: BackendInfo, identity: ClientIdentity, cursor: string | undefined): Buffer | null {
  const params = {...(cursor !== undefined && {cursor}), ...(info.era === 'modern' && {_meta: envelopeMeta(identity)})}
  return Object.keys(params).length === 0 ? null : Buffer.from(JSON.stringify(params))
}

function malformedList(why: string, answer: Buffer): CallFailure {
  return new CallFailure(why, {
    kind: 'ListFailed',
    blame: 'backend-logic',
    code: rpcCode.noBackend,
    delivered: 'no',
    ...(answer.length > 0 && {evidence: answer.toString('utf8', 0, 300)}),
  })
}
