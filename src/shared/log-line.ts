import {shortText} from './short-text.ts'

/**
 * The line formats of the log files, read by people with awk, cut and grep: single-space separated, fields 1-10 never
 * hold a space, and nothing from a client or a backend can add a line or a control character.
 */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** `PANIC` is written once, by a crash. */
export type LevelWord = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'PANIC'

export type LogFormat = 'text' | 'json'

/** Key=value pairs behind a message; undefined ones are left out. */
export type LogPairs = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface ErrorLogEntry {
  /** ISO-8601 UTC. */
  readonly at: string
  readonly level: LevelWord
  /** `only1mcp::proxy` … */
  readonly module: string
  readonly requestId: string | null
  /** One word: `BackendTimeout`, `ListenFailed` … */
  readonly kind: string
  /** Fixed text; what varies goes into the pairs. */
  readonly message: string
  readonly pairs?: LogPairs
}

export interface AccessLogEntry {
  readonly at: string
  readonly requestId: string
  readonly client: string
  readonly httpMethod: string
  /** `tools/call:github.search`, or the path. */
  readonly target: string
  readonly status: number
  readonly responseBytes: number
  readonly firstByteMs: number
  readonly pairs?: LogPairs
}

const unsafeInField =
  /[\s\u0000-\u001f\u007f-\u009f\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f\u2060-\u206f\u3000\ufeff\ufff9-\ufffb%]|\p{Surrogate}|[\u{e0000}-\u{e0fff}]/gu
const unsafeInValue =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}|[\u{e0000}-\u{e0fff}]/gu

const percent = 0x25
const equals = 0x3d

/** Printable ASCII without spaces, quotes, backslashes and one more: nearly every value, and no work for a pattern. */
function isPlain(text: string, forbidden: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x22 || code >= 0x7f || code === 0x5c || code === forbidden) return false
  }
  return true
}

/** Milliseconds with three digits behind the point. */
function milliseconds(ms: number): string {
  // toFixed costs more than the rest of a line's numbers together.
  const us = Math.round(ms * 1000)
  if (!(us >= 0 && us < 1e9)) return ms.toFixed(3)
  const whole = Math.floor(us / 1000)
  return `${whole}.${String(1000 + (us - whole * 1000)).slice(1)}`
}

/** A field without spaces or control characters: percent-encoded, and never empty. */
export function logField(text: string, max = 256): string {
  if (text === '') return '-'
  if (text.length <= max && isPlain(text, percent)) return text
  const cut = text.length > max ? text.slice(0, max) : text
  return cut.replace(unsafeInField, percentEncode)
}

/** The value of a pair: bare where that is one word, else in double quotes with `\"` and `\\` escaped. */
export function logValue(value: string | number | boolean | null, max = 1024): string {
  if (typeof value !== 'string') return String(value)
  if (value !== '' && value.length <= max && isPlain(value, equals)) return value
  const cut = shortText(value, max)
  const clean = cut.replace(unsafeInValue, visible)
  if (clean !== '' && !/[\s"=\\]/.test(clean)) return clean
  return `"${clean.replace(/["\\]/g, '\\$&')}"`
}

export function formatErrorLine(entry: ErrorLogEntry, format: LogFormat = 'text'): string {
  if (format === 'json')
    return jsonLine(entry.at, entry.level, entry.module, entry.requestId, {
      kind: logField(entry.kind),
      message: entry.message.replace(unsafeInValue, visible),
      ...definedPairs(entry.pairs),
    })
  const head = `${entry.at} ${entry.level} ${entry.module} ${idField(entry.requestId)} ${logField(entry.kind)} `
  return `${head}${entry.message.replace(unsafeInValue, visible)}${formatPairs(entry.pairs)}\n`
}

export function formatAccessLine(entry: AccessLogEntry, format: LogFormat = 'text'): string {
  if (format === 'json')
    return jsonLine(entry.at, 'INFO', 'only1mcp::access', entry.requestId, {
      client: logField(entry.client),
      http_method: logField(entry.httpMethod),
      target: logField(entry.target),
      status: entry.status,
      bytes: entry.responseBytes,
      duration_ms: Number(entry.firstByteMs.toFixed(3)),
      ...definedPairs(entry.pairs),
    })
  return (
    `${entry.at} INFO only1mcp::access ${idField(entry.requestId)} ${logField(entry.client)} ` +
    `${logField(entry.httpMethod, 16)} ${logField(entry.target)} ${entry.status} ${entry.responseBytes} ` +
    `${milliseconds(entry.firstByteMs)}${formatPairs(entry.pairs)}\n`
  )
}

function idField(requestId: string | null): string {
  return requestId === null ? '-' : `request_id=${logField(requestId)}`
}

function formatPairs(pairs: LogPairs | undefined): string {
  let text = ''
  for (const key in pairs) {
    const value = pairs[key]
    if (value !== undefined) text += ` ${key}=${logValue(value)}`
  }
  return text
}

function definedPairs(pairs: LogPairs | undefined): Record<string, string | number | boolean | null> {
  const defined: Record<string, string | number | boolean | null> = {}
  for (const key in pairs) {
    const value = pairs[key]
    if (value === undefined) continue
    defined[key] = typeof value === 'string' ? value.slice(0, 1024).replace(unsafeInValue, visible) : value
  }
  return defined
}

function jsonLine(
  at: string,
  level: LevelWord,
  module: string,
  requestId: string | null,
  rest: Readonly<Record<string, unknown>>,
): string {
  return `${JSON.stringify({timestamp: at, level, module, request_id: requestId === null ? null : logField(requestId), ...rest})}\n`
}

function percentEncode(char: string): string {
  // A lone surrogate has no UTF-8 form of its own.
  if (/\p{Surrogate}/u.test(char)) return '%EF%BF%BD'
  return [...Buffer.from(char)].map(byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

function visible(char: string): string {
  if (char === '\n') return '\\n'
  if (char === '\r') return '\\r'
  if (char === '\t') return '\\t'
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}
