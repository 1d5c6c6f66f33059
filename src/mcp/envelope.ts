import {isUtf8} from 'node:buffer'
import {lastDepth, malformed, type Span, skipSpace, skipValue, stringToken, walkArray, walkObject} from './json-scan.ts'

export type {Span} from './json-scan.ts'

/** A message's id as it came, so that it leaves as it came. */
export interface RawId {
  readonly bytes: Buffer
  readonly type: 'string' | 'number'
  /** For maps: two ids are equal when type and key are; a string's text, or a number's digits as written. */
  readonly key: string
}

/** What is read of a JSON-RPC message; params and results stay bytes. */
export interface Envelope {
  readonly kind: 'request' | 'notification' | 'result' | 'error'
  readonly method: string | null
  readonly id: RawId | null
  readonly params: Span | null
  readonly result: Span | null
  readonly error: Span | null
}

export type Fault =
  | 'malformed'
  | 'invalid-utf8'
  | 'too-deep'
  | 'duplicate-key'
  | 'not-an-object'
  | 'batch'
  | 'invalid-envelope'

export type ScanResult =
  | {readonly ok: true; readonly message: Envelope}
  | {
      readonly ok: false
      readonly fault: Fault
      readonly why: string
      /** The raw bytes of the id where one could be read all the same. */
      readonly id: Buffer | null
      /** Of a batch: its elements. */
      readonly elements?: readonly Span[]
    }

export const defaultMaxDepth = 512

type Field = 'jsonrpc' | 'id' | 'method' | 'params' | 'result' | 'error'

/** Keys of params that are read here and by a backend: two of one would let each read another (request smuggling). */
const guardedParams = new Set(['name', 'uri', '_meta', 'cursor', 'arguments'])

/**
 * Reads a message's envelope, strictly: one JSON-RPC object, valid UTF-8, no key twice that matters, not too deep. The
 * rest of the message is validated as JSON and otherwise left alone.
 */
export function scanMessage(bytes: Buffer, limits: {readonly maxDepth?: number} = {}): ScanResult {
  if (!isUtf8(bytes)) return fault('invalid-utf8', 'the message is not valid UTF-8')
  const start = skipSpace(bytes, 0)
  if (bytes[start] === 0x5b) return batch(bytes, start)
  if (bytes[start] !== 0x7b) return notAnObject(bytes, start)

  const fields: Partial<Record<Field, Span>> = {}
  let depth = 1
  let twice: string | undefined
  const end = walkObject(bytes, start, (keyStart, keyEnd, valueStart) => {
    const field = fieldOf(stringToken(bytes, keyStart, keyEnd))
    let valueEnd: number
    if (field === 'params' && bytes[valueStart] === 0x7b) {
      const params = walkParams(bytes, valueStart)
      valueEnd = params.end
      depth = Math.max(depth, 1 + params.depth)
      twice ??= params.twice
    } else {
      valueEnd = skipValue(bytes, valueStart)
      depth = Math.max(depth, 1 + lastDepth())
    }
    if (field !== undefined && valueEnd !== malformed) {
      if (fields[field] !== undefined) twice ??= field
      fields[field] = {start: valueStart, end: valueEnd}
    }
    return valueEnd
  })
  if (end === malformed) return fault('malformed', 'the message is not valid JSON')
  if (skipSpace(bytes, end) !== bytes.length) return fault('malformed', 'something follows the JSON document')

  const id = fields.id === undefined ? null : rawId(bytes, fields.id)
  const maxDepth = limits.maxDepth ?? defaultMaxDepth
  if (depth > maxDepth) return fault('too-deep', `too deep: ${depth} levels, at most ${maxDepth}`, id)
  if (twice !== undefined) return fault('duplicate-key', `the key ${JSON.stringify(twice)} stands there twice`, id)
  return envelope(bytes, fields, id)
}

function envelope(bytes: Buffer, fields: Partial<Record<Field, Span>>, id: RawId | null): ScanResult {
  const {jsonrpc, method, params, result, error} = fields
  if (jsonrpc === undefined || bytes.toString('latin1', jsonrpc.start, jsonrpc.end) !== '"2.0"') {
    return fault('invalid-envelope', 'jsonrpc must be "2.0"', id)
  }
  if (fields.id !== undefined && id === null) return fault('invalid-envelope', 'id must be a string or a number', null)
  const parts = {id, params: params ?? null, result: result ?? null, error: error ?? null}
  if (method !== undefined) {
    if (bytes[method.start] !== 0x22) return fault('invalid-envelope', 'method must be a string', id)
    if (result !== undefined || error !== undefined)
      return fault('invalid-envelope', 'a message has a method or a result, not both', id)
    if (params !== undefined && bytes[params.start] !== 0x7b)
      return fault('invalid-envelope', 'params must be an object', id)
    const kind = fields.id === undefined ? 'notification' : 'request'
    return {ok: true, message: {kind, method: stringToken(bytes, method.start, method.end), ...parts}}
  }
  if ((result === undefined) === (error === undefined))
    return fault('invalid-envelope', 'a message has a method, a result or an error', id)
  if (error !== undefined && bytes[error.start] !== 0x7b)
    return fault('invalid-envelope', 'error must be an object', id)
  if (result !== undefined && id === null) return fault('invalid-envelope', 'a result needs an id', null)
  return {ok: true, message: {kind: result === undefined ? 'error' : 'result', method: null, ...parts}}
}

function walkParams(bytes: Buffer, at: number): {end: number; depth: number; twice: string | undefined} {
  const seen = new Set<string>()
  let depth = 1
  let twice: string | undefined
  const end = walkObject(bytes, at, (keyStart, keyEnd, valueStart) => {
    const key = stringToken(bytes, keyStart, keyEnd)
    if (guardedParams.has(key)) {
      if (seen.has(key)) twice ??= `params.${key}`
      seen.add(key)
    }
    const valueEnd = skipValue(bytes, valueStart)
    depth = Math.max(depth, 1 + lastDepth())
    return valueEnd
  })
  return {end, depth, twice}
}

function fieldOf(key: string): Field | undefined {
  switch (key) {
    case 'jsonrpc':
    case 'id':
    case 'method':
    case 'params':
    case 'result':
    case 'error':
      return key
    default:
      return undefined
  }
}

function rawId(bytes: Buffer, {start, end}: Span): RawId | null {
  const first = bytes[start]
  if (first === 0x22) return {bytes: bytes.subarray(start, end), type: 'string', key: stringToken(bytes, start, end)}
  if (first === 0x2d || (first !== undefined && first >= 0x30 && first <= 0x39)) {
    return {bytes: bytes.subarray(start, end), type: 'number', key: bytes.toString('latin1', start, end)}
  }
  return null
}

function batch(bytes: Buffer, start: number): ScanResult {
  const elements: Span[] = []
  const end = walkArray(bytes, start, elementStart => {
    const elementEnd = skipValue(bytes, elementStart)
    elements.push({start: elementStart, end: elementEnd})
    return elementEnd
  })
  if (end === malformed || skipSpace(bytes, end) !== bytes.length)
    return fault('malformed', 'the message is not valid JSON')
  return {ok: false, fault: 'batch', why: 'batches are not part of this protocol revision', id: null, elements}
}

function notAnObject(bytes: Buffer, start: number): ScanResult {
  const end = start < bytes.length ? skipValue(bytes, start) : malformed
  const valid = end !== malformed && skipSpace(bytes, end) === bytes.length
  return valid
    ? fault('not-an-object', 'a message must be a JSON object')
    : fault('malformed', 'the message is not valid JSON')
}

function fault(kind: Fault, why: string, id: RawId | null = null): ScanResult {
  return {ok: false, fault: kind, why, id: id?.bytes ?? null}
}
