import {findValue, mayHaveMeta, setMember} from './splice.ts'

/**
 * Clients choose equal progress tokens, which a session must not see twice: towards the backend the call's own id stands
 * in for it.
 */
export function ownProgressToken(params: Buffer | null, id: number | string): Buffer | null {
  if (params === null || !mayHaveMeta(params)) return params
  const meta = findValue(params, {start: 0, end: params.length}, ['_meta'])
  if (meta === null || findValue(params, meta, ['progressToken']) === null) return params
  return setMember(params, meta, 'progressToken', Buffer.from(JSON.stringify(id)))
}

/** The raw bytes of a progress token; null where nobody wants to hear of progress. */
export function progressTokenOf(params: Buffer | null): Buffer | null {
  if (params === null || !mayHaveMeta(params)) return null
  const span = findValue(params, {start: 0, end: params.length}, ['_meta', 'progressToken'])
  return span !== null ? params.subarray(span.start, span.end) : null
}
