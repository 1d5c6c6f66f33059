import {createHash, randomBytes} from 'node:crypto'
import type {IncomingMessage} from 'node:http'
import type {CallTrace} from '../mcp/trace-meta.ts'

/** Where the trace of a request is kept. */
export interface Traced {
  traceId: string
  /** The client said which trace it belongs to. */
  clientTraced: boolean
  /** What backends are told; null for nothing. */
  trace: CallTrace | null
}

export interface TracingOptions {
  /** Requests whose client brings no trace begin one: undefined for none of them. */
  readonly ownTraces: {readonly sampleRatio: number} | undefined
}

interface TraceParent {
  readonly traceId: string
  readonly flags: string
}

/** Under this key `_meta` carries an `X-Trace-ID` that is no W3C trace id. */
const traceIdMeta = 'only1mcp/trace-id'

/**
 * Reads the trace that a request belongs to: `X-Trace-ID`, W3C `traceparent` with `tracestate` (Trace Context, level 1),
 * or one of our own (32 hex digits). What is malformed is passed over, as the specification says: nothing of it goes on.
 */
export class TraceContexts {
  readonly #options: TracingOptions
  readonly #prefix = randomBytes(8).toString('hex')
  readonly #spanPrefix = randomBytes(4).toString('hex')
  #traces = 0
  #spans = 0

  constructor(options: TracingOptions) {
    this.#options = options
  }

  /** From the headers; costs nothing worth counting where there are none. */
  begin(request: IncomingMessage, traced: Traced): void {
    const {headers} = request
    const named = traceIdOf(headers['x-trace-id'])
    const parent = headers.traceparent === undefined ? undefined : parseTraceParent(headers.traceparent)
    if (named === undefined && parent === undefined) return this.#beginOwn(traced)
    traced.clientTraced = true
    traced.traceId = named ?? parent?.traceId ?? ''
    const state = parent && traceState(headers.tracestate)
    const traceparent = this.#parentFor(parent ?? {traceId: w3cIdOf(traced.traceId), flags: '01'})
    traced.trace = {
      headers: {traceparent, ...(state && {tracestate: state}), ...(named && {'x-trace-id': named})},
      meta: {traceparent, ...(state && {tracestate: state}), ...(named && {[traceIdMeta]: named})},
    }
  }

  /** From `_meta.traceparent`, where the headers said nothing; `_meta` itself goes on as the client wrote it. */
  adopt(traceparent: string, traced: Traced): void {
    const parent = parseTraceParent(traceparent)
    if (parent === undefined) return
    traced.clientTraced = true
    traced.traceId = parent.traceId
    const own = {traceparent: this.#parentFor(parent)}
    traced.trace = {headers: own, meta: own}
  }

  #beginOwn(traced: Traced): void {
    traced.traceId = this.#prefix + (++this.#traces).toString(16).padStart(16, '0')
    const own = this.#options.ownTraces
    if (own === undefined) return
    const flags = Math.random() < own.sampleRatio ? '01' : '00'
    const said = {traceparent: this.#parentFor({traceId: traced.traceId, flags})}
    traced.trace = {headers: said, meta: said}
  }

  /** We are one hop of the trace: the parent of what comes behind us is our own span. */
  #parentFor({traceId, flags}: TraceParent): string {
    this.#spans = (this.#spans + 1) % 2 ** 32
    return `00-${traceId}-${this.#spanPrefix}${this.#spans.toString(16).padStart(8, '0')}-${flags}`
  }
}

function traceIdOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\x21-\x7e]{1,128}$/.test(header) ? header : undefined
}

/** Version 00 has exactly four parts; later ones may have more behind them. */
function parseTraceParent(text: string | string[]): TraceParent | undefined {
  if (typeof text !== 'string' || text.length > 512) return undefined
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text)
  if (match === null) return undefined
  const [, version, traceId = '', parentId = '', flags = '00', more] = match
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined
  return {traceId, flags: Number.parseInt(flags, 16) & 1 ? '01' : '00'}
}

function traceState(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || header.length > 512) return undefined
  const members = header.split(',').map(member => member.trim())
  const valid = members.every(
    member =>
      member === '' ||
      /^[a-z0-9][a-z0-9_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/.test(member),
  )
  const kept = members.filter(member => member !== '')
  return valid && kept.length > 0 && kept.length <= 32 ? kept.join(',') : undefined
}

/** The same W3C trace id for the same name, so that what backends record can be joined. */
function w3cIdOf(name: string): string {
  if (/^[0-9a-f]{32}$/.test(name) && !/^0+$/.test(name)) return name
  return createHash('sha256').update(name).digest('hex').slice(0, 32)
}
