import {editDistance} from '../../config/did-you-mean.ts'
import {type CodeEntry, type CodeKind, codeText} from './entry.ts'
import {exitCodes} from './exit-codes.ts'
import {httpStatuses} from './http-statuses.ts'
import {rpcCodes} from './rpc-codes.ts'

/** Every code that has an entry of its own. */
export const codes: readonly CodeEntry[] = [...rpcCodes, ...httpStatuses, ...exitCodes]

/** A number as somebody wrote it, and what kind of number it is. */
export interface WantedCode {
  readonly kind: CodeKind
  readonly code: number
}

export type FoundCode =
  | {readonly state: 'known'; readonly entry: CodeEntry}
  /** A number of a range that has a meaning, but no entry. */
  | {
      readonly state: 'range'
      readonly wanted: WantedCode
      readonly meaning: string
      readonly near: readonly CodeEntry[]
    }
  | {readonly state: 'unknown'; readonly wanted: WantedCode; readonly near: readonly CodeEntry[]}

/**
 * Reads `-32003`, `32003`, `code -32003`, `HTTP 429`, `429`, `exit 3`, `exit status 137`, `3`.
 * @returns undefined for anything that is no code by itself
 */
export function readCode(text: string): WantedCode | undefined {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/\u2212/g, '-')
  const match =
    /^(?:(?<word>(?:json-?rpc|mcp)?(?: ?error)?(?: ?code)?|https?(?:\/[\d.]+)?(?: status)?(?: code)?|status(?: code)?|exit(?:ed)?(?: with)?(?: code| status)?)[ :=#]*)?(?<digits>[-+]?\d{1,9})$/.exec(
      plain,
    )
  if (match?.groups === undefined) return undefined
  const {word = '', digits = ''} = match.groups
  const number = Number(digits)
  if (word.startsWith('exit')) return number < 0 ? undefined : {kind: 'exit', code: number}
  if (word.startsWith('http') || word.startsWith('status')) return number < 0 ? undefined : {kind: 'http', code: number}
  if (number < 0) return {kind: 'rpc', code: number}
  if (number >= 10_000) return {kind: 'rpc', code: -number}
  // Nothing else has three digits and begins so, but for exit statuses of signals, which are named below 200.
  if (number >= 200 && number <= 599) return {kind: 'http', code: number}
  return {kind: 'exit', code: number}
}

export function findCode(wanted: WantedCode): FoundCode {
  const entry = codes.find(({kind, code}) => kind === wanted.kind && code === wanted.code)
  if (entry !== undefined) return {state: 'known', entry}
  const meaning = rangeOf(wanted)
  const near = nearest(wanted)
  return meaning === undefined ? {state: 'unknown', wanted, near} : {state: 'range', wanted, meaning, near}
}

/** By name, however it is written: `RateLimited`, `too many requests`. */
export function codeNamed(text: string): CodeEntry | undefined {
  const wanted = letters(text)
  return wanted === '' ? undefined : codes.find(({name}) => letters(name) === wanted)
}

function letters(text: string): string {
  return text.length > 64 ? '' : text.toLowerCase().replace(/[^a-z]/g, '')
}

function rangeOf({kind, code}: WantedCode): string | undefined {
  if (kind === 'rpc') {
    if (code <= -32000 && code >= -32019)
      return 'It lies in the range that JSON-RPC leaves to implementations (-32000 to -32019): the server that answered gave it its meaning.'
    if (code <= -32020 && code >= -32099)
      return 'It lies in the range that MCP keeps for itself (-32020 to -32099) and is not in use in the revisions spoken here.'
    if (code <= -32100 && code >= -32768)
      return 'It lies in the range that JSON-RPC keeps for itself (-32768 to -32000) and has no meaning there.'
    return undefined
  }
  if (kind === 'http') {
    if (code >= 100 && code < 200) return 'An HTTP answer on the way (1xx): the real one follows.'
    if (code >= 200 && code < 300) return 'An HTTP status of success (2xx).'
    if (code >= 300 && code < 400)
      return 'An HTTP redirect (3xx). Redirects of servers are not followed: write the address it points to into endpoint.'
    if (code >= 400 && code < 500)
      return 'An HTTP status that blames the request (4xx); the proxy itself does not send it, so a server or a gateway did.'
    return code >= 500 && code < 600
      ? 'An HTTP status that blames the answering side (5xx); the proxy itself does not send it, so a server or a gateway did.'
      : undefined
  }
  if (code > 128 && code <= 192) return `A program that was ended by signal ${code - 128} (128 + ${code - 128}).`
  return code <= 255
    ? 'An exit status that only1mcp does not use: the program that ended gave it its meaning.'
    : undefined
}

const mostNear = 3

function nearest(wanted: WantedCode): CodeEntry[] {
  const digits = String(Math.abs(wanted.code))
  return codes
    .filter(({kind}) => kind === wanted.kind)
    .map(entry => ({entry, distance: editDistance(digits, String(Math.abs(entry.code)))}))
    .filter(({distance}) => distance <= 1)
    .slice(0, mostNear)
    .map(({entry}) => entry)
}

/** `-32003 AuthenticationFailed`. */
export function codeTitle(entry: CodeEntry): string {
  return `${codeText(entry)} ${entry.name}`
}
