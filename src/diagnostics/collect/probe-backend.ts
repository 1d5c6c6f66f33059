import type {BackendConfig} from '../../config/schema.ts'
import {CallFailure} from '../../mcp/call-failure.ts'
import {Child} from '../../mcp/child.ts'
import type {BackendConnection, ConnectionEvents} from '../../mcp/connection.ts'
import {type ClientIdentity, envelopeParams, parseObject} from '../../mcp/handshake.ts'
import {defaultPool} from '../../mcp/http-client.ts'
import {type Reaper, startReaper} from '../../mcp/reaper.ts'
import {readStderr} from '../../mcp/stderr-lines.ts'
import {EndedDuringDiscover, openStdio} from '../../mcp/stdio-connection.ts'
import type {Clock} from '../../shared/clock.ts'
import {messageOf} from '../../shared/errors.ts'
import {lastLinesKept} from '../../shared/telling-lines.ts'
import type {ProbeResult, ToolSight} from '../facts/backends.ts'
import {readSmallFile} from './small-file.ts'
import {toolFault} from './tool-fault.ts'

export interface ProbeOptions {
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly timeoutMs: number
  /** Looks around on the open connection before it is ended; what it throws is the probe's failure. */
  readonly inspect?: (connection: BackendConnection, leftMs: number) => Promise<void>
}

const identity: ClientIdentity = {info: {name: 'only1mcp-doctor', version: '1'}, capabilities: {}}
const maxMessageBytes = 64 * 1024 * 1024
const mostPages = 20
const endGraceMs = 500

/** Opens a server, lists its tools, and ends it again. Never rejects for what a server may do. */
export async function probeBackend(config: BackendConfig, options: ProbeOptions): Promise<ProbeResult> {
  const {clock} = options
  const started = clock.now()
  const stderrTail: string[] = []
  let opened: Opened | undefined
  let openMs = 0
  let step: ProbeResult['step'] = 'connect'
  const found: {tools: readonly ToolSight[]; toolBytes: number} = {tools: [], toolBytes: 0}
  const result = (failure: ProbeResult['failure']): ProbeResult => ({
    ok: failure === null,
    step,
    failure,
    era: opened?.connection.info.era ?? null,
    protocolVersion: opened?.connection.info.protocolVersion ?? null,
    implementation: implementationOf(opened?.connection),
    openMs: openMs || Math.round(clock.now() - started),
    ...found,
    stderrTail,
  })
  try {
    opened = await open(config, options, stderrTail)
    openMs = Math.round(clock.now() - started)
    step = 'tools'
    if (opened.connection.info.capabilities.tools !== undefined)
      Object.assign(found, await listTools(opened.connection, options.timeoutMs - openMs))
    await options.inspect?.(opened.connection, Math.max(500, options.timeoutMs - openMs))
    step = 'done'
    return result(null)
  } catch (error) {
    if (step === 'connect' && error instanceof CallFailure && error.kind !== 'TransportFailed') step = 'handshake'
    return result(failureOf(error))
  } finally {
    await opened?.end()
  }
}

interface Opened {
  readonly connection: BackendConnection
  end(): Promise<void>
}

async function open(config: BackendConfig, options: ProbeOptions, stderrTail: string[]): Promise<Opened> {
  if (config.command === undefined || config.endpoint !== undefined) return openEndpoint(config, options)
  try {
    return await openProgram(config, config.command, 'unknown', options, stderrTail)
  } catch (error) {
    // One that we have ended ourselves is not tried once more.
    if (!(error instanceof EndedDuringDiscover) || options.signal.aborted) throw error
    stderrTail.length = 0
    return openProgram(config, config.command, 'legacy', options, stderrTail)
  }
}

/** What it asks of us or tells us is of no interest here. */
const events: ConnectionEvents = {
  onRequest: async () => ({kind: 'error', value: Buffer.from('{"code":-32601,"message":"not served"}')}),
  onNotification: () => {},
  onOddity: () => {},
}

async function openEndpoint(config: BackendConfig, {clock, timeoutMs}: ProbeOptions): Promise<Opened> {
  const open =
    config.transport === 'sse'
      ? (await import('../../mcp/sse-connection.ts')).openSse
      : (await import('../../mcp/http-connection.ts')).openHttp
  const token = config.auth?.token
  const others = Object.fromEntries(
    Object.entries(config.headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  )
  const tls = tlsIdentity(config.auth?.tls)
  const connection = await open({
    endpoint: config.endpoint ?? '',
    headers: token === undefined ? config.headers : {...others, authorization: `Bearer ${token}`},
    ...(tls && {tls: () => tls}),
    identity,
    clock,
    handshakeTimeoutMs: timeoutMs,
    connectTimeoutMs: Math.min(4000, timeoutMs),
    maxMessageBytes,
    pool: {...defaultPool, maxConnections: 2},
    events,
  })
  return {connection, end: () => connection.close(endGraceMs)}
}

function tlsIdentity(
  files: {ca?: string | undefined; cert?: string | undefined; key?: string | undefined} | undefined,
) {
  const read = (path: string | undefined): Buffer | undefined => {
    const file = path === undefined ? undefined : readSmallFile(path)
    if (file !== undefined && file.state !== 'known') throw new Error(file.why)
    return file?.bytes
  }
  return files && {ca: read(files.ca), cert: read(files.cert), key: read(files.key)}
}

async function openProgram(
  config: BackendConfig,
  command: string,
  era: 'unknown' | 'legacy',
  {clock, timeoutMs, signal}: ProbeOptions,
  stderrTail: string[],
): Promise<Opened> {
  const mark = `doctor-${process.pid}`
  const reaper: Reaper = startReaper(mark, () => {}) // ends the child even if we are killed; without it we still do
  const child = await Child.start({
    command,
    args: config.args,
    cwd: config.cwd,
    env: config.env,
    ownerMark: `${mark}:${config.id}.1`,
    reaper,
  }).catch(error => {
    reaper.dismiss()
    throw error
  })
  const end = async (): Promise<void> => {
    await child.stop(endGraceMs)
    reaper.dismiss()
  }
  if (signal.aborted) void child.kill()
  else signal.addEventListener('abort', () => void child.kill(), {once: true})
  readStderr(child.stderr, clock, {
    onLine: line => {
      stderrTail.push(line)
      if (stderrTail.length > lastLinesKept) stderrTail.shift()
    },
    onDropped: () => {},
  })
  try {
    const rest = {handshakeTimeoutMs: timeoutMs, maxMessageBytes, era, events, stderrTail: () => stderrTail}
    const connection = await openStdio({child, identity, clock, ...rest})
    return {connection, end}
  } catch (error) {
    await end()
    throw error
  }
}

async function listTools(connection: BackendConnection, timeoutMs: number) {
  const tools: ToolSight[] = []
  let toolBytes = 0
  let cursor: unknown
  for (let page = 0; page < mostPages; page++) {
    const extra = typeof cursor === 'string' ? {cursor} : {}
    const params =
      connection.info.era === 'modern' ? envelopeParams(identity, extra) : Buffer.from(JSON.stringify(extra))
    const answer = await connection.call({method: 'tools/list', params, timeoutMs: Math.max(500, timeoutMs)})
    const list = answer.kind === 'result' ? parseObject(answer.value) : undefined
    if (!Array.isArray(list?.tools)) throw new Error(`tools/list: ${answer.value.toString('utf8', 0, 200)}`)
    for (const tool of list.tools as unknown[]) {
      const bytes = Buffer.byteLength(JSON.stringify(tool) ?? '')
      toolBytes += bytes
      tools.push({name: nameOf(tool), bytes, fault: toolFault(tool)})
    }
    cursor = list.nextCursor
    if (typeof cursor !== 'string') break
  }
  return {tools, toolBytes}
}

function nameOf(tool: unknown): string {
  const name = typeof tool === 'object' && tool !== null && 'name' in tool ? tool.name : undefined
  return typeof name === 'string' ? name.slice(0, 200) : ''
}

function implementationOf(connection: BackendConnection | undefined): string | null {
  const named = connection?.info.implementation
  return named ? `${named.name} ${named.version}` : null
}

export function failureOf(error: unknown): NonNullable<ProbeResult['failure']> {
  if (!(error instanceof CallFailure))
    return {kind: 'Failed', message: messageOf(error), httpStatus: null, evidence: null}
  const {kind, message, httpStatus, evidence, blame} = error
  return {kind, message, httpStatus: httpStatus ?? null, evidence: evidence ?? null, blame}
}
