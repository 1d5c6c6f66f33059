import {isUtf8} from 'node:buffer'
import {defaultMaxDepth, JsonCursor, type Span} from './json-scan.ts'
import {decodeString, isText, keyNames, matchKey, noKey, variant} from './key-match.ts'
import {type MessageId, readId} from './message-id.ts'

/** One JSON-RPC message: what a proxy needs of it. Spans are offsets into the scanned bytes; nothing else was read. */
export interface Envelope {
  readonly kind: 'request' | 'notification' | 'result' | 'error'
  /** Of requests and notifications. */
  readonly method: string | null
  /** Of requests and answers; an error answer may be without (it could not tell what it answers). */
  readonly id: MessageId | null
  /** An object; `null` for none was sent (a literal `null` counts as none). */
  readonly params: Span | null
  readonly result: Span | null
  /** An object. */
  readonly error: Span | null
}

export type EnvelopeFault =
  | 'malformed'
  | 'too-deep'
  | 'invalid-utf8'
  | 'duplicate-key'
  | 'not-an-object'
  | 'batch'
  | 'invalid-envelope'

interface Refusal {
  readonly ok: false
  readonly why: string
  /**
   * The raw id, where the message has exactly one that can be used. A fault that JSON-RPC calls a parse error
   * (malformed, invalid-utf8) is answered to a client with id null all the same; from a backend it tells which call
   * has failed.
   */
  readonly id: Buffer | null
}

export type ScanResult =
  | {readonly ok: true; readonly message: Envelope}
  | (Refusal & {readonly fault: Exclude<EnvelopeFault, 'batch'>})
  /** Revision 2025-03-26 alone has batches. No elements: it was empty, or over `maxBatch` (`why` says which). */
  | (Refusal & {readonly fault: 'batch'; readonly elements: readonly Span[]})

export interface ScanLimits {
  /** Containers inside each other, the message itself counted. Default 512. */
  readonly maxDepth?: number
  /** Messages in one batch. Default 1000. */
  readonly maxBatch?: number
}

const topNames = keyNames('jsonrpc', 'id', 'method', 'params', 'result', 'error')
const [jsonrpcKey, idKey, methodKey, paramsKey, resultKey, errorKey] = [0, 1, 2, 3, 4, 5] as const
/** What routing and policies read of the params: a second one could be what the backend acts on. */
const paramNames = keyNames('name', 'uri', '_meta', 'cursor', 'arguments')

const openBracket = 0x5b
const openBrace = 0x7b

/**
 * Reads the envelope of a JSON-RPC message and checks that the whole is strict JSON, without building its values
 * (design: byte-exact pass-through). The first of these faults is named: invalid-utf8, malformed, too-deep, then batch
 * or not-an-object, duplicate-key, invalid-envelope.
 */
export function scanMessage(bytes: Buffer, limits: ScanLimits = {}): ScanResult {
  const maxDepth = limits.maxDepth ?? defaultMaxDepth
  const cursor = new JsonCursor(bytes, 0, bytes.length, maxDepth)
  const first = cursor.peek()
  if (first === openBracket) return scanBatch(cursor, bytes, limits.maxBatch ?? 1000)

  const members = new Members()
  const whole = (first === openBrace ? readTop(cursor, bytes, members) : cursor.skipValue()) && cursor.atEnd()
  if (!isUtf8(bytes)) return refuse('invalid-utf8', 'the message is not UTF-8', usableId(bytes, members))
  if (!whole) return refuse('malformed', cursor.describe(), usableId(bytes, members))
  if (cursor.tooDeep) return refuse('too-deep', `too deep: more than ${maxDepth} levels`, usableId(bytes, members))
  if (first !== openBrace) return refuse('not-an-object', 'a message is a JSON object', null)
  if (members.duplicate !== '') {
    return refuse('duplicate-key', `the key ${members.duplicate} stands there twice`, usableId(bytes, members))
  }
  return toEnvelope(bytes, members)
}

/** What the walk over the top level came upon. */
class Members {
  readonly spans: (Span | null)[] = [null, null, null, null, null, null]
  /** Bit by name, other spellings included. */
  seen = 0
  seenInParams = 0
  duplicateId = false
  /** The first key that stands there twice, as text for people. */
  duplicate = ''
}

function readTop(cursor: JsonCursor, bytes: Buffer, members: Members): boolean {
  cursor.enter()
  while (cursor.nextMember()) {
    const match = matchKey(bytes, cursor.keyStart, cursor.keyEnd, topNames)
    const start = cursor.pos
    if (match === noKey) {
      if (!cursor.skipValue()) return false
      continue
    }
    const bit = 1 << (match & (variant - 1))
    if ((members.seen & bit) !== 0) {
      if (bit === 1 << idKey) members.duplicateId = true
      if (members.duplicate === '') members.duplicate = nameOf(topNames, match)
    }
    members.seen |= bit
    const walked =
      (match & (variant - 1)) === paramsKey && cursor.peek() === openBrace
        ? readParams(cursor, bytes, members)
        : cursor.skipValue()
    if (!walked) return false
    if (match < variant) members.spans[match] = {start, end: cursor.pos}
  }
  return !cursor.failed
}

function readParams(cursor: JsonCursor, bytes: Buffer, members: Members): boolean {
  cursor.enter()
  while (cursor.nextMember()) {
    const match = matchKey(bytes, cursor.keyStart, cursor.keyEnd, paramNames)
    if (!cursor.skipValue()) return false
    if (match === noKey) continue
    const bit = 1 << (match & (variant - 1))
    if ((members.seenInParams & bit) !== 0 && members.duplicate === '') {
      members.duplicate = `params.${nameOf(paramNames, match)}`
    }
    members.seenInParams |= bit
  }
  return !cursor.failed
}

function toEnvelope(bytes: Buffer, members: Members): ScanResult {
  const spans = members.spans
  const jsonrpc = spans[jsonrpcKey]
  const idSpan = spans[idKey]
  const methodSpan = spans[methodKey]
  const result = spans[resultKey] ?? null
  const error = spans[errorKey] ?? null
  const id = idSpan ? readId(bytes, idSpan.start, idSpan.end) : null
  const invalid = (why: string): ScanResult => refuse('invalid-envelope', why, id?.bytes ?? null)

  if (!jsonrpc) return invalid('jsonrpc is missing')
  if (!isVersion2(bytes, jsonrpc)) return invalid('jsonrpc is not "2.0"')

  if (methodSpan) {
    if (result !== null || error !== null) return invalid('both a method and an answer')
    if (bytes[methodSpan.start] !== 0x22) return invalid('method is not a string')
    if (idSpan && id === null) return invalid('id is neither a string nor a number')
    const params = paramsOf(bytes, spans[paramsKey] ?? null)
    if (params === undefined) return invalid('params is not an object')
    const method = decodeString(bytes, methodSpan.start, methodSpan.end)
    const kind = id === null ? 'notification' : 'request'
    return {ok: true, message: {kind, method, id, params, result: null, error: null}}
  }

  if (result !== null && error !== null) return invalid('both a result and an error')
  if (result === null && error === null) return invalid('neither a method nor an answer')
  if (id === null && (result !== null || (idSpan && bytes[idSpan.start] !== 0x6e))) {
    return invalid(idSpan ? 'id is neither a string nor a number' : 'an answer without an id')
  }
  if (error !== null && bytes[error.start] !== openBrace) return invalid('error is not an object')
  const kind = error === null ? 'result' : 'error'
  return {ok: true, message: {kind, method: null, id, params: null, result, error}}
}

/** `"2.0"`, also when it is spelt with escapes. */
function isVersion2(bytes: Buffer, span: Span): boolean {
  return bytes[span.start] === 0x22 && isText(bytes, span.start, span.end, '2.0')
}

/** @returns undefined when the params are no object; JSON's null is what sloppy peers send for none */
function paramsOf(bytes: Buffer, span: Span | null): Span | null | undefined {
  if (span === null || bytes[span.start] === 0x6e) return null
  return bytes[span.start] === openBrace ? span : undefined
}

function scanBatch(cursor: JsonCursor, bytes: Buffer, maxBatch: number): ScanResult {
  const elements: Span[] = []
  let count = 0
  cursor.enter()
  while (cursor.nextElement()) {
    const start = cursor.pos
    if (!cursor.skipValue()) break
    if (++count <= maxBatch) elements.push({start, end: cursor.pos})
  }
  const whole = !cursor.failed && cursor.atEnd()
  if (!isUtf8(bytes)) return refuse('invalid-utf8', 'the message is not UTF-8', null)
  if (!whole) return refuse('malformed', cursor.describe(), null)
  if (cursor.tooDeep) return refuse('too-deep', `too deep: more than ${cursor.maxDepth} levels`, null)
  const why = count === 0 ? 'an empty batch' : count > maxBatch ? `a batch of ${count}, over ${maxBatch}` : 'a batch'
  return {ok: false, fault: 'batch', why, id: null, elements: count > maxBatch ? [] : elements}
}

/**
 * The id of a message that is refused. Two ids are as good as none: the answer would be a guess. So is one that ends
 * where the bytes end: it may have been cut.
 */
function usableId(bytes: Buffer, members: Members): Buffer | null {
  const span = members.spans[idKey]
  if (!span || members.duplicateId || span.end === bytes.length) return null
  const token = bytes.subarray(span.start, span.end)
  return isUtf8(token) ? (readId(token, 0, token.length)?.bytes ?? null) : null
}

function refuse(fault: Exclude<EnvelopeFault, 'batch'>, why: string, id: Buffer | null): ScanResult {
  return {ok: false, fault, why, id}
}

function nameOf(names: readonly Uint8Array[], match: number): string {
  return Buffer.from(names[match & (variant - 1)] ?? []).toString()
}
