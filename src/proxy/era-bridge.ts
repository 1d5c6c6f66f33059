import type {Era} from '../mcp/protocol.ts'
import {metaKey, rpcCode} from '../mcp/protocol.ts'
import {findValue, insertMember, removeMember, setMember} from '../mcp/splice.ts'

const envelopeKeys = [metaKey.protocolVersion, metaKey.clientInfo, metaKey.clientCapabilities, metaKey.logLevel]

/** Results that say how long they hold (MCP 2026-07-28, "Caching"). */
const cacheable = new Set(['resources/read'])

/** A modern client's params for a legacy backend: without the envelope, which a server of both eras would go by. */
export function withoutEnvelope(params: Buffer | null): Buffer | null {
  if (params === null) return null
  const whole = {start: 0, end: params.length}
  const meta = findValue(params, whole, ['_meta'])
  if (meta === null || params[meta.start] !== 0x7b) return params
  let bytes = params.subarray(meta.start, meta.end)
  for (const key of envelopeKeys) bytes = removeMember(bytes, {start: 0, end: bytes.length}, key)
  return setMember(params, whole, '_meta', bytes)
}

/** A legacy client's params for a modern backend: with the envelope, beside what `_meta` holds already. */
export function withEnvelope(params: Buffer | null, envelope: Readonly<Record<string, unknown>>): Buffer {
  const base = params ?? Buffer.from('{}')
  const whole = {start: 0, end: base.length}
  const meta = findValue(base, whole, ['_meta'])
  if (meta === null || base[meta.start] !== 0x7b)
    return setMember(base, whole, '_meta', Buffer.from(JSON.stringify(envelope)))
  let bytes = base.subarray(meta.start, meta.end)
  for (const [key, value] of Object.entries(envelope)) {
    bytes = setMember(bytes, {start: 0, end: bytes.length}, key, Buffer.from(JSON.stringify(value)))
  }
  return setMember(base, whole, '_meta', bytes)
}

/** A backend's result in the shape that the client's era wants; the same bytes within one era. */
export function resultForClient(result: Buffer, method: string, from: Era, to: Era): Buffer {
  if (from === to || result[0] !== 0x7b) return result
  const whole = {start: 0, end: result.length}
  if (to === 'legacy') return removeMember(result, whole, 'resultType')
  let bytes = result
  // How long a legacy backend's answer holds is not known: it is private and stale at once.
  if (cacheable.has(method)) {
    bytes = insertMember(bytes, whole, 'cacheScope', Buffer.from('"private"'))
    bytes = insertMember(bytes, {start: 0, end: bytes.length}, 'ttlMs', Buffer.from('0'))
  }
  if (findValue(bytes, {start: 0, end: bytes.length}, ['resultType']) !== null) return bytes
  return insertMember(bytes, {start: 0, end: bytes.length}, 'resultType', Buffer.from('"complete"'))
}

/** A backend's error for the client's era: "resource not found" has another code in the modern one. */
export function errorForClient(error: Buffer, from: Era, to: Era): Buffer {
  if (from !== 'legacy' || to !== 'modern') return error
  const whole = {start: 0, end: error.length}
  const code = findValue(error, whole, ['code'])
  if (code === null || error.toString('latin1', code.start, code.end) !== String(rpcCode.noBackend)) return error
  return setMember(error, whole, 'code', Buffer.from(String(rpcCode.invalidParams)))
}
