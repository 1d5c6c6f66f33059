import {allChecks} from '../find-check.ts'
import {codeNamed, readCode, type WantedCode} from './codes.ts'

/** What somebody wants to have explained. */
export type Subject =
  | {readonly kind: 'code'; readonly wanted: WantedCode}
  | {readonly kind: 'check'; readonly id: string}
  | {readonly kind: 'checks'; readonly ids: readonly string[]}
  | {readonly kind: 'request'; readonly requestId: string}
  | {readonly kind: 'trace'; readonly traceId: string}
  | {readonly kind: 'message'; readonly text: string}

const requestId =
  /^(?:["'{]{0,2}(?:request_id|requestId|x-request-id|request id|request)["']?[ :=]{1,3})?["']?([0-9a-f]{8}-\d{1,16})["'},.;]{0,3}$/i
const traceId =
  /^(?:["'{]{0,2}(?:trace_id|traceId|x-trace-id|trace id|trace)["']?[ :=]{1,3})?["']?([0-9a-f]{32})["'},.;]{0,3}$/i
const traceParent = /^(?:traceparent["']?[ :=]{1,3})?["']?[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}["']?$/i
/** An `X-Trace-ID` may be any word: taken for one only where it is called so. */
const namedTrace = /^(?:trace_id|traceId|x-trace-id|trace id)["']?[ :=]{1,3}["']?([\w.:-]{1,128})["']?$/i

/** Tells a code from a check id, an id of a request or trace, and a message. */
export function readSubject(given: string): Subject {
  const text = given.trim()
  if (text.length <= 256) {
    const request = requestId.exec(text)?.[1]
    if (request !== undefined) return {kind: 'request', requestId: request.toLowerCase()}
    const trace = (traceId.exec(text) ?? traceParent.exec(text))?.[1]?.toLowerCase() ?? namedTrace.exec(text)?.[1]
    if (trace !== undefined) return {kind: 'trace', traceId: trace}
    const wanted = readCode(text)
    if (wanted !== undefined) return {kind: 'code', wanted}
    const checks = checksMeant(text)
    if (checks !== undefined) return checks
    const named = codeNamed(text)
    if (named !== undefined) return {kind: 'code', wanted: named}
  }
  return {kind: 'message', text}
}

/** An id, an area (`tls`, `tls.`, `tls.*`), or how several ids begin (`config.va`). */
function checksMeant(text: string): Subject | undefined {
  const wanted = text.toLowerCase().replace(/^check\s+/, '')
  const ids = allChecks.map(({id}) => id)
  if (ids.includes(wanted)) return {kind: 'check', id: wanted}
  if (!/^[a-z]+(?:\.[a-z0-9_]*\*?)?$/.test(wanted)) return undefined
  const start = wanted.replace(/\*$/, '')
  const begun = ids.filter(id => id.startsWith(start.includes('.') ? start : `${start}.`))
  return begun.length === 0 ? undefined : {kind: 'checks', ids: begun}
}
