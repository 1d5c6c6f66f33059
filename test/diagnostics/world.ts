import type {Problem} from '../../src/config/problem.ts'
import type {ServerSnapshot} from '../../src/control/contract/server.ts'
import type {Snapshot} from '../../src/control/contract/snapshot.ts'
import type {RuntimeRecord} from '../../src/control/runtime-file.ts'
import type {CheckContext} from '../../src/diagnostics/check.ts'
import {
  type Fact,
  type FactKey,
  type FactOutcome,
  type FactSource,
  type KindOf,
  kindOf,
} from '../../src/diagnostics/fact.ts'
import type {FactKind, RuntimeSighting, SeenProcess} from '../../src/diagnostics/fact-values.ts'
import type {ParsedErrorLine} from '../../src/logs/parse-line.ts'
import {outline, wholeFacts} from './whole-world.ts'

/** Plain data instead of a machine: what each kind of fact says, and what the checks are about. */
export interface World {
  readonly context: CheckContext
  readonly facts: {readonly [K in FactKind]: FactOutcome<K>}
}

export const startedAt = '2026-01-02T03:04:05.000Z'
const stateDir = '/var/lib/only1mcp'

export const record: RuntimeRecord = {
  schemaVersion: 1,
  instance: 'gw1',
  pid: 4242,
  startTicks: 1000,
  startedAt,
  argv: ['only1mcp', 'start'],
  version: '1.0.0',
  configPath: '/etc/only1mcp/config.yaml',
  statePath: stateDir,
  logPath: '/var/log/only1mcp',
  host: '127.0.0.1',
  port: 8080,
  metricsHost: '127.0.0.1',
  metricsPort: 9091,
  socket: `${stateDir}/control.sock`,
}

export function seen(change: Partial<Extract<SeenProcess, {state: 'known'}>> = {}): SeenProcess {
  const known = {pid: 4242, startTicks: 1000, processState: 'S', program: 'only1mcp', argv: ['only1mcp', 'start']}
  return {state: 'known', ...known, ...change}
}

export function sighting(change: Partial<RuntimeSighting> = {}): RuntimeSighting {
  return {
    stateDir,
    read: {state: 'known', path: `${stateDir}/runtime.json`, record, ownerUid: 0},
    process: seen(),
    socket: record.socket,
    used: true,
    ...change,
  }
}

export function server(change: Partial<ServerSnapshot> = {}): ServerSnapshot {
  return {
    id: 'github',
    name: 'github',
    transport: 'stdio',
    era: 'legacy',
    protocolVersion: '2025-11-25',
    implementation: 'github-mcp 1.0.0',
    status: 'up',
    since: startedAt,
    prefix: 'github',
    target: 'github-mcp stdio',
    pid: 4300,
    restarts: 0,
    tools: 12,
    inFlight: 0,
    requests: 0,
    errors: 0,
    latency: [],
    lastError: null,
    nextStartAt: null,
    stderrTail: [],
    ...change,
  }
}

export function snapshot(servers: readonly ServerSnapshot[]): Snapshot {
  return {
    contract: '1.0',
    instance: 'gw1',
    seq: 7,
    at: startedAt,
    version: '1.0.0',
    pid: 4242,
    startedAt,
    state: 'running',
    listen: {host: '127.0.0.1', port: 8080, metricsHost: '127.0.0.1', metricsPort: 9091},
    config: {path: '/etc/only1mcp/config.yaml', sha256: '0'.repeat(64)},
    paths: {state: stateDir, logs: '/var/log/only1mcp'},
    process: {rssBytes: 1, heapUsedBytes: 1, cpuMs: 1, loopLagMs: 1},
    requests: {opened: 0, closed: 0, inFlight: 0, errors: 0, latency: []},
    sessions: 0,
    tools: 12,
    servers: [...servers],
  }
}

export function known<T>(value: T): {readonly state: 'known'; readonly value: T} {
  return {state: 'known', value}
}

export function missing<S extends 'absent' | 'denied' | 'timeout' | 'error'>(state: S, why: string) {
  return {state, why}
}

export function errorLine(change: Partial<ParsedErrorLine> = {}): ParsedErrorLine {
  const head = {type: 'error', at: startedAt, level: 'ERROR', module: 'only1mcp::proxy'} as const
  return {
    ...head,
    requestId: 'gw1-7',
    kind: 'BackendTimeout',
    message: 'no answer',
    pairs: {server_id: 'github'},
    ...change,
  }
}

/** A runtime of which nothing bad can be said. */
export const healthy: World = {
  context: {
    server: {host: '127.0.0.1', port: 8080, from: 'runtime'},
    configPath: '/etc/only1mcp/config.yaml',
    socket: record.socket,
    logDir: '/var/log/only1mcp',
    pid: 4242,
    stateDir,
    outline: outline(),
  },
  facts: {
    ...wholeFacts,
    'config.found': known({path: '/etc/only1mcp/config.yaml', how: 'the running runtime uses it'}),
    'config.parsed': known({
      path: '/etc/only1mcp/config.yaml',
      ok: true,
      problems: [],
      listen: {host: '127.0.0.1', port: 8080},
      servers: 1,
      variablesOf: 'runtime',
    }),
    'runtime.record': known([sighting()]),
    'control.snapshot': known({snapshot: snapshot([server()]), mismatch: null}),
    'tcp.dial': known({open: true, code: null, ms: 1}),
    'port.owner': known({
      listeners: [
        {
          address: '127.0.0.1',
          port: 8080,
          user: 'only1mcp',
          process: {pid: 4242, program: 'only1mcp', argv: ['only1mcp', 'start']},
        },
      ],
      unreadable: 0,
    }),
    'http.health': known({status: 200, ours: true, reason: null, server: null, body: '', ms: 2}),
    'logs.folder': known('/var/log/only1mcp'),
    'logs.recent': known({
      folder: '/var/log/only1mcp',
      files: ['access.log', 'error.log'],
      errors: {count: 0, panics: 0, byKind: [], newest: [], atLeast: false},
      windowMs: 15 * 60_000,
    }),
  },
}

/** No runtime, and no trace of one. */
export const nothingRuns: World = {
  context: {...healthy.context, server: {host: '127.0.0.1', port: 8080, from: 'config'}, socket: null, pid: null},
  facts: {
    ...healthy.facts,
    'config.found': known({path: '/etc/only1mcp/config.yaml', how: 'a usual place'}),
    'runtime.record': known([
      sighting({
        read: {state: 'absent', path: `${stateDir}/runtime.json`, why: 'does not exist'},
        process: null,
        socket: null,
      }),
    ]),
    'control.snapshot': missing('absent', 'no runtime record names a control socket'),
    'process.details': missing('absent', 'no runtime is running'),
    'tcp.dial': known({open: false, code: 'ECONNREFUSED', ms: 0}),
    'port.owner': known({listeners: [], unreadable: 0}),
    'http.health': missing('absent', 'GET http://127.0.0.1:8080/health: ECONNREFUSED'),
    'logs.recent': missing('absent', 'there is no log folder /var/log/only1mcp'),
  },
}

export function worldFrom(base: World, facts: Partial<World['facts']>, context: Partial<CheckContext> = {}): World {
  return {context: {...base.context, ...context}, facts: {...base.facts, ...facts}}
}

/** The same facts through the port that checks are run on. */
export function factsOf(world: World): FactSource {
  return {get: <Key extends FactKey>(key: Key) => Promise.resolve(factOf(world, key) as Fact<KindOf<Key>>)}
}

export function factOf(world: World, key: FactKey): Fact {
  return {key, at: startedAt, host: 'here', ...world.facts[kindOf(key)]} as Fact
}

export function problem(change: Partial<Problem> = {}): Problem {
  return {
    severity: 'error',
    code: 'key.unknown',
    message: 'unknown key "prot"',
    file: '/etc/only1mcp/config.yaml',
    line: 1,
    column: 1,
    path: 'server.prot',
    suggestion: null,
    frame: [],
    related: [],
    ...change,
  }
}
