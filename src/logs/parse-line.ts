import type {AccessLogEntry, ErrorLogEntry, LevelWord} from '../shared/log-line.ts'
import {splitPairs} from './split-pairs.ts'

export interface ParsedErrorLine extends ErrorLogEntry {
  readonly type: 'error'
  readonly pairs: Readonly<Record<string, string>>
}

export interface ParsedAccessLine extends AccessLogEntry {
  readonly type: 'access'
  readonly pairs: Readonly<Record<string, string>>
}

export type ParsedLine = ParsedErrorLine | ParsedAccessLine

const accessModule = 'only1mcp::access'
const maxLine = 64 * 1024
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/
const level = /^(?:TRACE|DEBUG|INFO|WARN|ERROR|PANIC)$/
const moduleName = /^[\w-]+(?:::[\w-]+)*$/
const count = /^\d{1,15}$/
const milliseconds = /^\d{1,12}(?:\.\d{1,9})?$/

/**
 * Reads one line of `error.log`, `only1mcp.log` or `access.log`, in the text or the JSON format of shared/log-line.
 * @returns undefined for anything else: a stack frame, a torn line, garbage
 */
export function parseLogLine(line: string): ParsedLine | undefined {
  if (line.length > maxLine) return undefined
  return line.startsWith('{') ? parseJsonLine(line) : parseTextLine(line)
}

function parseTextLine(line: string): ParsedLine | undefined {
  const [at = '', levelWord = '', module = '', id = ''] = line.split(' ', 4)
  if (!isHead(at, levelWord, module)) return undefined
  const requestId = id === '-' ? null : id.startsWith('request_id=') ? id.slice('request_id='.length) : undefined
  if (requestId === undefined) return undefined
  const rest = line.slice(at.length + levelWord.length + module.length + id.length + 4)
  if (module === accessModule) return parseAccessFields(at, requestId, rest)
  const space = rest.indexOf(' ')
  if (space < 1) return undefined
  const {text, pairs} = splitPairs(rest.slice(space + 1))
  return {type: 'error', at, level: levelWord, module, requestId, kind: rest.slice(0, space), message: text, pairs}
}

function parseAccessFields(at: string, requestId: string | null, rest: string): ParsedAccessLine | undefined {
  const [client = '', httpMethod = '', target = '', status = '', bytes = '', ms = ''] = rest.split(' ', 6)
  if (requestId === null || target === '') return undefined
  if (!count.test(status) || !count.test(bytes) || !milliseconds.test(ms)) return undefined
  const head = [client, httpMethod, target, status, bytes, ms].join(' ').length
  return {
    type: 'access',
    at,
    requestId,
    client,
    httpMethod,
    target,
    status: Number(status),
    responseBytes: Number(bytes),
    firstByteMs: Number(ms),
    pairs: splitPairs(rest.slice(head)).pairs,
  }
}

function parseJsonLine(line: string): ParsedLine | undefined {
  const {timestamp, level: levelWord, module, request_id: id, ...rest} = parseObject(line)
  if (!isText(timestamp) || !isText(levelWord) || !isText(module)) return undefined
  if (!isHead(timestamp, levelWord, module) || !(id === null || isText(id))) return undefined
  if (module !== accessModule) {
    const {kind, message, ...pairs} = rest
    if (!isText(kind) || !isText(message)) return undefined
    return {
      type: 'error',
      at: timestamp,
      level: levelWord,
      module,
      requestId: id,
      kind,
      message,
      pairs: textPairs(pairs),
    }
  }
  const {client, http_method: httpMethod, target, status, bytes, duration_ms: firstByteMs, ...pairs} = rest
  if (id === null || !isText(client) || !isText(httpMethod) || !isText(target)) return undefined
  if (!isNumber(status) || !isNumber(bytes) || !isNumber(firstByteMs)) return undefined
  const fields = {client, httpMethod, target, status, responseBytes: bytes, firstByteMs}
  return {type: 'access', at: timestamp, requestId: id, ...fields, pairs: textPairs(pairs)}
}

function isHead(at: string, levelWord: string, module: string): levelWord is LevelWord {
  return time.test(at) && level.test(levelWord) && moduleName.test(module)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** The object on a JSON line; an empty one when it holds none. */
function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {} // torn or no JSON: no log line
  }
}

function textPairs(pairs: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([key, value]) =>
      value === null || ['string', 'number', 'boolean'].includes(typeof value) ? [[key, String(value)]] : [],
    ),
  )
}
