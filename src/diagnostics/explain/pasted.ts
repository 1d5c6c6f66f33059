import {parseLogLine} from '../../logs/parse-line.ts'
import {blameParties} from '../../shared/blame.ts'
import {bothEnds} from './both-ends.ts'

/** What somebody pasted says of itself, beside its words. */
export interface Pasted {
  /** JSON-RPC codes, the first one first. */
  readonly codes: readonly number[]
  /** HTTP statuses that are said to be ones. */
  readonly statuses: readonly number[]
  readonly requestId: string | null
  readonly serverId: string | null
  readonly blame: string | null
  readonly evidence: string | null
  /** The error itself, without what stands around it; the whole text where it cannot be told. */
  readonly message: string
}

const mostText = 256 * 1024
const rpcCode = /(?:^|[^\d.\w-])(-32\d{3})(?!\d|\.\d)/g
const httpStatus = /\b(?:HTTP(?:\/\d(?:\.\d)?)?|status(?: code)?|statusCode)["']?[ :=]{1,3}["']?([45]\d\d)\b/gi
const requestId = /\b(?:request_id|requestId|request id)["']?[ :=]{1,3}["']?([0-9a-f]{8}-\d{1,16})\b/i

/** Reads a log line of ours, a JSON body, an event of a stream, or any text, for what can be told without understanding. */
export function readPasted(text: string): Pasted {
  const part = bothEnds(text, mostText)
  const line = parseLogLine(part.trim())
  const body = line === undefined ? errorIn(part) : undefined
  const codes = new Set<number>()
  if (line?.pairs.code !== undefined && /^-?\d{1,6}$/.test(line.pairs.code)) codes.add(Number(line.pairs.code))
  if (typeof body?.code === 'number') codes.add(body.code)
  for (const [, code] of part.matchAll(rpcCode)) codes.add(Number(code))
  const statuses = new Set([...part.matchAll(httpStatus)].map(([, status]) => Number(status)))
  if (line?.type === 'access' && line.status >= 400) statuses.add(line.status)
  const data = objectOf(body?.data)
  const said =
    line === undefined
      ? body && [textOf(data?.cause), textOf(body.message), textOf(data?.evidence)].join(' ; ')
      : line.type === 'error'
        ? [line.kind, line.message, line.pairs.error ?? ''].join(' ; ')
        : ''
  const blame = line?.pairs.blame ?? textOf(data?.blame)
  return {
    codes: [...codes].filter(code => code <= -32000 && code >= -32999),
    statuses: [...statuses],
    requestId: line?.requestId ?? (textOf(data?.requestId) || (requestId.exec(part)?.[1] ?? null)),
    serverId: line?.pairs.server_id ?? (textOf(data?.serverId) || null),
    blame: (blameParties as readonly string[]).includes(blame) ? blame : null,
    evidence: line?.pairs.error ?? (textOf(data?.evidence) || null),
    message: said === undefined ? text : `${said}\n${line === undefined ? '' : text}`,
  }
}

interface ErrorBody {
  readonly code?: unknown
  readonly message?: unknown
  readonly data?: unknown
}

/** The `error` of a JSON-RPC answer, by itself, in an array, or behind `data:` of an event stream. */
function errorIn(text: string): ErrorBody | undefined {
  for (const piece of [text, ...text.split('\n', 50)]) {
    const start = piece.search(/[{[]/)
    if (start < 0 || !piece.includes('"error"')) continue
    const value = parsed(piece.slice(start).trim())
    for (const each of Array.isArray(value) ? value.slice(0, 100) : [value]) {
      const error = objectOf(objectOf(each)?.error)
      if (error !== undefined) return error
    }
  }
  return undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // half a body, or something behind it: its words are looked at all the same
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
