import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendConnection} from '../mcp/connection.ts'
import {type ClientIdentity, envelopeMeta} from '../mcp/handshake.ts'
import type {Span} from '../mcp/json-scan.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {arrayElements, findValue, stringAt} from '../mcp/splice.ts'
import {declarationFault} from './header-declarations.ts'
import {type ListKind, listKinds} from './list-kinds.ts'

/** One tool, prompt, resource or template as its backend described it. */
export interface ListEntry {
  /** The backend's own name or URI of it. */
  readonly key: string
  /** Its description as the bytes that came. */
  readonly bytes: Buffer
  /** Where in `bytes` the key's JSON string stands. */
  readonly keySpan: Span
}

export interface BackendList {
  readonly entries: readonly ListEntry[]
  /** How long the backend says that it holds (modern era); 0 where it says nothing. */
  readonly ttlMs: number
  readonly cacheScope: 'public' | 'private'
}

export const emptyList: BackendList = {entries: [], ttlMs: Number.POSITIVE_INFINITY, cacheScope: 'public'}

const maxPages = 1000
/** Of one list. The largest servers known have some thousands; a million stalled all clients for seconds. */
const maxEntries = 50_000
/** Of one list. It becomes part of what every client is sent. */
const maxListBytes = 16 * 1024 * 1024

/**
 * All pages of one of a backend's lists; empty without asking where it does not have the capability.
 * What a page is wrong with costs the pages behind it, not those before.
 * @param onFault told of an entry or of pages that are left out
 * @throws CallFailure
 */
export async function readList(
  connection: BackendConnection,
  kind: ListKind,
  identity: ClientIdentity,
  timeoutMs: number,
  onFault: (failure: CallFailure) => void,
): Promise<BackendList> {
  const {method, field, capability} = listKinds[kind]
  if (connection.info.capabilities[capability] === undefined) return emptyList
  const entries: ListEntry[] = []
  let ttlMs = Number.POSITIVE_INFINITY
  let cacheScope: BackendList['cacheScope'] = 'public'
  let cursor: string | undefined
  const cursors = new Set<string>()
  let bytes = 0
  for (let page = 0; page < maxPages; page++) {
    const cutAt = (why: string, seen = none): BackendList => {
      const failure = listFailure(why, seen)
      if (page === 0) throw failure
      onFault(failure)
      return {entries, ttlMs: 0, cacheScope}
    }
    const answer = await connection.call({method, params: listParams(connection, identity, cursor), timeoutMs})
    if (answer.kind === 'error') {
      // Templates are younger than resources: a server may have one method and not the other.
      if (kind === 'templates' && page === 0) return emptyList
      return cutAt(`it answered ${method} with an error`, answer.value)
    }
    const whole = {start: 0, end: answer.value.length}
    const list = findValue(answer.value, whole, [field])
    if (list === null) return cutAt(`its ${method} result has no ${field}`, answer.value)
    bytes += list.end - list.start
    if (bytes > maxListBytes) return cutAt(`its ${method} is larger than ${maxListBytes} bytes`)
    const elements = arrayElements(answer.value, list)
    if (entries.length + elements.length > maxEntries) return cutAt(`its ${method} has more than ${maxEntries} entries`)
    for (const element of elements) {
      const entry = listEntry(answer.value.subarray(element.start, element.end), kind)
      const fault = entry && entryFault(connection, kind, entry)
      if (fault !== undefined) onFault(listFailure(fault, entry?.bytes ?? none))
      else if (entry) entries.push(entry)
    }
    ttlMs = Math.min(ttlMs, ttlOf(answer.value, whole))
    if (!isText(answer.value, findValue(answer.value, whole, ['cacheScope']), 'public')) cacheScope = 'private'
    const next = findValue(answer.value, whole, ['nextCursor'])
    cursor = (next && stringAt(answer.value, next)) ?? undefined
    // Some servers end a list with an empty cursor.
    if (cursor === undefined || cursor === '') return {entries, ttlMs, cacheScope}
    if (cursors.has(cursor)) {
      onFault(listFailure(`its ${method} names the same next page twice`, Buffer.from(cursor)))
      return {entries, ttlMs, cacheScope}
    }
    cursors.add(cursor)
  }
  onFault(listFailure(`its ${method} has more than ${maxPages} pages`, none))
  return {entries, ttlMs, cacheScope}
}

const none: Buffer = Buffer.alloc(0)

function listEntry(bytes: Buffer, kind: ListKind): ListEntry | undefined {
  const keySpan = findValue(bytes, {start: 0, end: bytes.length}, [listKinds[kind].key])
  const key = keySpan && stringAt(bytes, keySpan)
  return keySpan === null || key === null ? undefined : {key, bytes, keySpan}
}

/** Only HTTP mirrors arguments in headers, and only the modern era does. */
function entryFault({info, pid}: BackendConnection, kind: ListKind, {key, bytes}: ListEntry): string | undefined {
  if (kind !== 'tools' || info.era !== 'modern' || pid !== null) return undefined
  const fault = declarationFault(bytes)
  return fault && `the tool ${key.slice(0, 128)} is left out: ${fault}`
}

function ttlOf(bytes: Buffer, whole: Span): number {
  const span = findValue(bytes, whole, ['ttlMs'])
  const ttl = span === null ? 0 : Number(bytes.toString('latin1', span.start, span.end))
  return Number.isSafeInteger(ttl) && ttl > 0 ? ttl : 0
}

function isText(bytes: Buffer, span: Span | null, text: string): boolean {
  return span !== null && bytes[span.start] === 0x22 && stringAt(bytes, span) === text
}

function listParams({info}: BackendConnection, identity: ClientIdentity, cursor: string | undefined): Buffer | null {
  const params = {...(cursor !== undefined && {cursor}), ...(info.era === 'modern' && {_meta: envelopeMeta(identity)})}
  return Object.keys(params).length === 0 ? null : Buffer.from(JSON.stringify(params))
}

function listFailure(why: string, answer: Buffer): CallFailure {
  return new CallFailure(why, {
    kind: 'ListFailed',
    blame: 'backend-logic',
    code: rpcCode.noBackend,
    delivered: 'no',
    ...(answer.length > 0 && {evidence: answer.toString('utf8', 0, 300)}),
  })
}
