import type {BackendInfo} from '../mcp/connection.ts'
import {type ClientIdentity, envelopeMeta} from '../mcp/handshake.ts'
import {type Era, metaKey} from '../mcp/protocol.ts'
import {findValue, insertMember, removeMember, setMember} from '../mcp/splice.ts'

const envelopeKeys = [metaKey.protocolVersion, metaKey.clientInfo, metaKey.clientCapabilities, metaKey.logLevel]

/**
 * A client's params in the shape that a backend's era wants: the envelope is taken off towards a legacy backend (a server
 * of both eras would take it for a modern request), and put on towards a modern one. All other bytes stay.
 */
export function paramsForBackend(
  params: Buffer | null,
  from: Era,
  backend: BackendInfo,
  identity: ClientIdentity,
): Buffer | null {
  if (from === backend.era) return params
  if (backend.era === 'modern') return withEnvelope(params ?? Buffer.from('{}'), identity)
  return params === null ? null : withoutEnvelope(params)
}

/** A backend's result in the shape that the client's era wants: `resultType` is required in the modern one. */
export function resultForClient(result: Buffer, from: Era, to: Era): Buffer {
  const whole = {start: 0, end: result.length}
  if (result[0] !== 0x7b) return result
  if (to === 'modern') {
    if (findValue(result, whole, ['resultType']) !== null) return result
    return insertMember(result, whole, 'resultType', Buffer.from('"complete"'))
  }
  return from === 'modern' ? removeMember(result, whole, 'resultType') : result
}

function withEnvelope(params: Buffer, identity: ClientIdentity): Buffer {
  const envelope = envelopeMeta(identity)
  const whole = {start: 0, end: params.length}
  const meta = findValue(params, whole, ['_meta'])
  if (meta === null || params[meta.start] !== 0x7b)
    return setMember(params, whole, '_meta', Buffer.from(JSON.stringify(envelope)))
  let bytes = params.subarray(meta.start, meta.end)
  for (const [key, value] of Object.entries(envelope)) {
    bytes = setMember(bytes, {start: 0, end: bytes.length}, key, Buffer.from(JSON.stringify(value)))
  }
  return setMember(params, whole, '_meta', bytes)
}

function withoutEnvelope(params: Buffer): Buffer {
  const whole = {start: 0, end: params.length}
  const meta = findValue(params, whole, ['_meta'])
  if (meta === null) return params
  let bytes = params.subarray(meta.start, meta.end)
  for (const key of envelopeKeys) bytes = removeMember(bytes, {start: 0, end: bytes.length}, key)
  return setMember(params, whole, '_meta', bytes)
}
