import type {ServerSnapshot} from '../control/contract/server.ts'
import type {Backend} from './backend.ts'
import {transportOf} from './open-backend.ts'

const stderrShown = 10

/** A server's whole state at one moment, as consoles get it. */
export function backendSnapshot(backend: Backend): ServerSnapshot {
  const {breaker, config, figures, garbage, life, probes} = backend
  const {last} = probes
  const info = life.link?.connection.info
  const iso = (ms: number): string => new Date(ms).toISOString()
  return {
    id: backend.id,
    name: config.name ?? backend.id,
    transport: transportOf(config),
    era: info?.era ?? null,
    protocolVersion: info?.protocolVersion ?? null,
    implementation: info?.implementation ? `${info.implementation.name} ${info.implementation.version}` : null,
    status: life.status,
    since: iso(life.since),
    prefix: backend.naming.prefix,
    target: backend.target,
    pid: life.pid,
    restarts: life.restarts,
    tools: life.lists?.tools.entries.length ?? 0,
    inFlight: figures.inFlight,
    requests: figures.requests,
    errors: figures.errors,
    latency: figures.latency.toSparse(),
    lastError: figures.lastError,
    nextStartAt: life.nextStartAt === null ? null : iso(life.nextStartAt),
    stderrTail: backend.stderrTail.slice(-stderrShown),
    ...(garbage && {stdoutGarbage: {lines: garbage.lines, last: garbage.last, at: iso(garbage.atMs)}}),
    group: config.group ?? backend.id,
    role: config.role,
    weight: config.weight,
    queued: backend.queued,
    breaker: {
      state: breaker.state,
      failures: breaker.failures,
      retryAt: breaker.state === 'open' ? iso(backend.wallMs() + breaker.retryAfterMs) : null,
      transitions: {...breaker.transitions},
    },
    ...(last !== undefined && {
      probe: {
        healthy: probes.healthy,
        ok: last.ok,
        at: iso(last.at),
        latencyMs: Number(last.latencyMs.toFixed(3)),
        error: last.error,
        successes: probes.counts.success,
        failures: probes.counts.failure,
      },
    }),
  }
}
