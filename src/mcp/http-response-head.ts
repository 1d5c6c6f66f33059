import type {HttpHead} from './http-client.ts'
import {HttpFault} from './http-fault.ts'

export interface ParsedHead {
  readonly status: number
  /** Names in lower case. */
  readonly headers: HttpHead
  readonly chunked: boolean
  /** Of the body; null where it goes on until the connection ends. */
  readonly length: number | null
  /** HTTP/1.0 */
  readonly old: boolean
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** Reads a response's head, without the empty line. @throws HttpFault */
export function parseHead(text: string): ParsedHead {
  const firstEnd = text.indexOf('\r\n')
  const first = statusLine.exec(firstEnd === -1 ? text : text.slice(0, firstEnd))
  if (first === null) throw bad(`the response begins with ${JSON.stringify(text.slice(0, 60))}`)
  const status = Number(first[2])
  if (status === 101) throw bad('the response changes the protocol (101)')
  const headers: Record<string, string | string[]> = Object.create(null)
  let at = firstEnd === -1 ? text.length : firstEnd + 2
  while (at < text.length) {
    const found = text.indexOf('\r\n', at)
    const end = found === -1 ? text.length : found
    readField(text, at, end, headers)
    at = end + 2
  }
  const coding = joined(headers['transfer-encoding'])
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw bad(`the response has the transfer coding ${JSON.stringify(coding.slice(0, 60))}`)
  const length = lengthOf(headers['content-length'])
  if (coding !== undefined && length !== null) throw bad('the response has both a length and chunks')
  return {status, headers, chunked: coding !== undefined, length, old: first[1] === '0'}
}

function readField(text: string, from: number, to: number, headers: Record<string, string | string[]>): void {
  const colon = text.indexOf(':', from)
  const name = colon === -1 || colon > to ? '' : text.slice(from, colon)
  if (!fieldName.test(name))
    throw bad(`the response has the header line ${JSON.stringify(text.slice(from, Math.min(to, from + 60)))}`)
  const value = text.slice(colon + 1, to).trim()
  if (!fieldValue.test(value)) throw bad(`the response header ${name} holds a control character`)
  const key = name.toLowerCase()
  const known = headers[key]
  if (known === undefined) headers[key] = value
  else if (typeof known === 'string') headers[key] = [known, value]
  else known.push(value)
}

/** Equal repetitions are taken as one (RFC 9112, section 6.3). */
function lengthOf(value: string | string[] | undefined): number | null {
  if (value === undefined) return null
  const all = typeof value === 'string' ? [value] : value
  const length = Number(all[0])
  if (all.some(each => each !== all[0]) || !/^\d{1,15}$/.test(all[0] ?? ''))
    throw bad(`the response has the length ${JSON.stringify(all.join(', ').slice(0, 60))}`)
  return length
}

/** Whether the connection is over after this response. */
export function endsConnection({headers, old, length, chunked, status}: ParsedHead): boolean {
  const bodiless = status === 204 || status === 304
  if (length === null && !chunked && !bodiless) return true
  const wishes = joined(headers.connection)?.toLowerCase() ?? ''
  if (wishes === 'keep-alive') return false
  return wishes === ''
    ? old
    : !/(^|,)\s*keep-alive\s*(,|$)/.test(wishes) && (old || /(^|,)\s*close\s*(,|$)/.test(wishes))
}

/** How long the backend keeps the connection, in milliseconds; null when it does not say. */
export function keptForMs({headers}: ParsedHead): number | null {
  const said = joined(headers['keep-alive'])
  const seconds = said === undefined ? null : /(?:^|[\s,])timeout=(\d{1,6})/i.exec(said)
  // It may close while our request is on the way: a second is left for that.
  return seconds === null ? null : Math.max(0, Number(seconds[1]) * 1000 - 1000)
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}

function bad(message: string): HttpFault {
  return new HttpFault('BAD_RESPONSE', message)
}
