import {findValue, insertMember} from './splice.ts'

/** The trace that a call belongs to, as it goes to a backend: headers over HTTP, members of `_meta` elsewhere. */
export interface CallTrace {
  /** Lower case names: `traceparent`, `tracestate`, `x-trace-id`. */
  readonly headers: Readonly<Record<string, string>>
  /** What is added to `_meta` (SEP-414), unless the client has said it itself. */
  readonly meta: Readonly<Record<string, string>>
}

/** Params with the trace in `_meta`; what stands there already is the client's, and stays. */
export function withTraceMeta(params: Buffer | null, {meta}: CallTrace): Buffer {
  const base = params ?? Buffer.from('{}')
  const whole = {start: 0, end: base.length}
  const span = findValue(base, whole, ['_meta'])
  if (span === null) return insertMember(base, whole, '_meta', Buffer.from(JSON.stringify(meta)))
  const open = 0x7b
  if (base[span.start] !== open || findValue(base, span, ['traceparent']) !== null) return base
  let own = base.subarray(span.start, span.end)
  for (const key in meta)
    own = insertMember(own, {start: 0, end: own.length}, key, Buffer.from(JSON.stringify(meta[key])))
  return Buffer.concat([base.subarray(0, span.start), own, base.subarray(span.end)])
}
