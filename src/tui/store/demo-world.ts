import type {ControlEvent, EventBody, RequestEvent} from '../../control/contract/events.ts'
import type {ServerSnapshot} from '../../control/contract/server.ts'
import type {Snapshot} from '../../control/contract/snapshot.ts'
import {LatencyHistogram} from '../../shared/latency-buckets.ts'
import {type DemoServer, demoServers} from './demo-servers.ts'

const instance = 'demo0001'
/** Simulated milliseconds a step. */
export const demoStepMs = 100
const startMs = Date.parse('2026-03-02T12:00:00.000Z')
const shownStderrLines = 8

interface ServerState {
  readonly make: DemoServer
  readonly latency: LatencyHistogram
  readonly stderr: string[]
  status: ServerSnapshot['status']
  sinceMs: number
  restarts: number
  requests: number
  errors: number
  inFlight: number
  lastError: ServerSnapshot['lastError']
}

/**
 * A made-up runtime that lives by simulated time: the same seed and the same number of steps give the same screens,
 * byte for byte. One server flaps, one is down, one is slow now and then, as on a bad night.
 */
export class DemoWorld {
  readonly #random: () => number
  readonly #servers: readonly ServerState[]
  readonly #latency = new LatencyHistogram()
  #nowMs = startMs
  #seq = 0
  #closed = 0
  #errors = 0
  #cpuMs = 900

  constructor(seed = 1) {
    this.#random = mulberry32(seed)
    this.#servers = demoServers.map(make => ({
      make,
      latency: new LatencyHistogram(),
      stderr: [],
      status: make.status,
      sinceMs: startMs,
      restarts: 0,
      requests: 0,
      errors: 0,
      inFlight: 0,
      lastError: make.lastError === null ? null : {at: iso(startMs), ...make.lastError},
    }))
  }

  get seq(): number {
    return this.#seq
  }

  /** Lets one step of simulated time pass; what happened in it. */
  step(): ControlEvent[] {
    this.#nowMs += demoStepMs
    this.#cpuMs += 1 + Math.floor(this.#random() * 2)
    const events: ControlEvent[] = []
    for (const server of this.#servers) {
      for (const body of this.#flap(server)) events.push(this.#stamp(body))
      server.inFlight = server.status === 'up' && this.#random() < 0.15 ? 1 : 0
      if (this.#random() < server.make.callsPerSecond * (demoStepMs / 1000)) events.push(...this.#call(server))
    }
    return events
  }

  snapshot(): Snapshot {
    const inFlight = this.#servers.reduce((sum, server) => sum + server.inFlight, 0)
    return {
      contract: '1.0',
      instance,
      seq: this.#seq,
      at: iso(this.#nowMs),
      version: '1.0.0',
      pid: 4121,
      startedAt: iso(startMs),
      state: 'running',
      listen: {host: '127.0.0.1', port: 8080, metricsHost: '127.0.0.1', metricsPort: 9091},
      config: {path: '/etc/only1mcp/config.yaml', sha256: '5f2a'.repeat(16)},
      paths: {state: '/var/lib/only1mcp', logs: '/var/log/only1mcp'},
      process: {rssBytes: 92_274_688, heapUsedBytes: 31_457_280, cpuMs: this.#cpuMs, loopLagMs: 1.2},
      requests: {
        opened: this.#closed + inFlight,
        closed: this.#closed,
        inFlight,
        errors: this.#errors,
        latency: this.#latency.toSparse() as Snapshot['requests']['latency'],
      },
      sessions: 3,
      tools: demoServers.reduce((sum, server) => sum + server.tools, 0),
      servers: this.#servers.map(server => snapshotOf(server)),
    }
  }

  /** The flapping server dies every 23 simulated seconds and is back two seconds later. */
  #flap(server: ServerState): EventBody[] {
    if (server.make.diesEveryMs === undefined) return []
    const phase = (this.#nowMs - startMs) % server.make.diesEveryMs
    if (phase === 0) {
      const message = `${server.make.id} ended with exit code 137 (killed); next start in 2 s`
      server.lastError = {at: iso(this.#nowMs), kind: 'BackendExit', message, blame: 'backend-process'}
      server.stderr.push('FATAL: JavaScript heap out of memory')
      if (server.stderr.length > shownStderrLines) server.stderr.shift()
      return [
        this.#become(server, 'restarting'),
        logBody(
          'ERROR',
          'only1mcp::supervisor',
          'BackendExit',
          server.make.id,
          `${message} server_id=${server.make.id}`,
        ),
      ]
    }
    if (phase === 2000 && server.status === 'restarting') {
      server.restarts++
      server.stderr.push(`${server.make.id} server running on stdio`)
      return [
        this.#become(server, 'up'),
        logBody(
          'INFO',
          'only1mcp::supervisor',
          'BackendUp',
          server.make.id,
          `backend is up server_id=${server.make.id}`,
        ),
      ]
    }
    return []
  }

  #become(server: ServerState, status: ServerSnapshot['status']): EventBody {
    server.status = status
    server.sinceMs = this.#nowMs
    return {type: 'server', server: snapshotOf(server)}
  }

  #call(server: ServerState): ControlEvent[] {
    const tool = server.make.toolNames[Math.floor(this.#random() * server.make.toolNames.length)] ?? 'ping'
    const slow = this.#random() < server.make.slowShare
    const durationMs = Number((server.make.typicalMs * (0.5 + this.#random()) * (slow ? 40 : 1)).toFixed(3))
    const failed = server.status !== 'up' || this.#random() < server.make.errorShare
    this.#closed++
    server.requests++
    server.latency.record(durationMs)
    this.#latency.record(durationMs)
    const requestId = `${instance}-${this.#closed}`
    const request: EventBody<RequestEvent> = {
      type: 'request',
      requestId,
      client: '127.0.0.1',
      httpMethod: 'POST',
      target: `tools/call:${server.make.id}__${tool}`,
      status: 200,
      responseBytes: 120 + Math.floor(this.#random() * 4000),
      durationMs,
      serverId: server.make.id,
      traceId: hex(this.#random, 32),
      outcome: failed ? 'error' : 'answered',
      code: failed ? -32000 : null,
      blame: failed ? (server.status === 'up' ? 'backend-logic' : 'backend-process') : null,
      message: failed ? `${server.make.id} answered with an error: ${server.make.complaint}` : null,
    }
    if (!failed) return [this.#stamp(request)]
    this.#errors++
    server.errors++
    server.lastError = {
      at: iso(this.#nowMs),
      kind: 'BackendError',
      message: request.message ?? '',
      blame: request.blame ?? 'backend-logic',
    }
    const line = `${request.message} server_id=${server.make.id} blame=${request.blame}`
    return [
      this.#stamp(request),
      this.#stamp(logBody('ERROR', 'only1mcp::proxy', 'BackendError', server.make.id, line, requestId)),
    ]
  }

  #stamp(body: EventBody): ControlEvent {
    return {...body, seq: ++this.#seq, at: iso(this.#nowMs), instance} as ControlEvent
  }
}

function logBody(
  level: string,
  module: string,
  kind: string,
  serverId: string,
  message: string,
  requestId: string | null = null,
): EventBody {
  return {type: 'log', level, module, requestId, serverId, kind, message}
}

function snapshotOf(server: ServerState): ServerSnapshot {
  const {make} = server
  const {id, transport, target, tools} = make
  const stdio = transport === 'stdio'
  return {
    id,
    name: make.name,
    transport,
    era: server.status === 'down' ? null : 'legacy',
    protocolVersion: server.status === 'down' ? null : '2025-11-25',
    implementation: server.status === 'down' ? null : `${id}-server 0.6.2`,
    status: server.status,
    since: iso(server.sinceMs),
    prefix: id,
    target,
    pid: stdio && server.status === 'up' ? 5000 + id.length + server.restarts : null,
    restarts: server.restarts,
    tools: server.status === 'up' ? tools : 0,
    inFlight: server.inFlight,
    requests: server.requests,
    errors: server.errors,
    latency: server.latency.toSparse() as ServerSnapshot['latency'],
    lastError: server.lastError,
    nextStartAt: server.status === 'restarting' ? iso(server.sinceMs + 2000) : null,
    stderrTail: [...server.stderr],
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function hex(random: () => number, length: number): string {
  let text = ''
  while (text.length < length) text += Math.floor(random() * 16).toString(16)
  return text
}

/** A small generator with a seed (public domain, Tommy Ettinger). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
