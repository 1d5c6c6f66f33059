import {shortText} from '../shared/short-text.ts'

/** One request that ended, as a row of `request_logs`. */
export interface RequestRow {
  readonly requestId: string
  readonly instance: string
  /** ISO-8601 UTC. */
  readonly timestamp: string
  /** The MCP method; null for other paths. */
  readonly method: string | null
  readonly target: string
  readonly serverId: string | null
  /** HTTP status. */
  readonly status: number
  readonly outcome: string
  readonly code: number | null
  readonly durationMs: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly principal: string | null
  readonly traceId: string | null
  readonly cache: string | null
  readonly blame: string | null
  readonly attempts: number
}

/** Names of megabytes are a client's trick: of each text, the beginning. */
const longestText = 1024

/** Nothing to escape; nearly all names and ids. */
const plain = /^[\w:./-]*$/

/**
 * The row as one line of JSON, an array in the order of `requestColumns`: what travels to the worker and stands in a
 * spool. Made by hand because this runs once for every request.
 */
export function requestLine(row: RequestRow): string {
  const {requestId, instance, timestamp, outcome} = row
  const about = `${quote(row.method)},${quote(row.target)},${quote(row.serverId)},${integer(row.status)}`
  const durationMs = Math.round(row.durationMs * 1000) / 1000
  const sizes = `${durationMs},${integer(row.requestBytes)},${integer(row.responseBytes)}`
  const rest = `${quote(row.principal)},${quote(row.traceId)},${quote(row.cache)},${quote(row.blame)},${integer(row.attempts)}`
  return `["${requestId}","${instance}","${timestamp}",${about},"${outcome}",${integer(row.code)},${sizes},${rest}]`
}

/** A JSON value that no database refuses: PostgreSQL takes neither NUL nor half a surrogate pair. */
export function quote(text: string | null): string {
  if (text === null) return 'null'
  if (text.length <= longestText && plain.test(text)) return `"${text}"`
  const json = JSON.stringify(shortText(text, longestText))
  if (!json.includes('\\u')) return json
  return JSON.stringify(Buffer.from(shortText(text, longestText).replaceAll('\0', '\uFFFD')).toString())
}

/** A backend may send an error code of any size or fraction, and the column holds whole numbers. */
function integer(value: number | null): string {
  return value !== null && Number.isSafeInteger(value) ? String(value) : 'null'
}
