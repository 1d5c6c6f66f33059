import {z} from 'zod'
import {blameParties} from '../shared/blame.ts'

/** `[bucket, count]` pairs of `shared/latency-buckets`; percentiles are computed by the reader. */
const buckets = z.array(z.tuple([z.number().int(), z.number().int()]).readonly()).readonly()

/** How a request ended; exactly one of these, once. */
export const outcomes = ['answered', 'error', 'cancelled', 'ambiguous'] as const
export type Outcome = (typeof outcomes)[number]

/**
 * `starting` until the first handshake, `up` while calls are served, `restarting` between a death and the next start,
 * `crash_loop` after more than five deaths in a minute, `down` when an endpoint does not answer, `disabled` by config.
 */
export const serverStatuses = ['starting', 'up', 'restarting', 'crash_loop', 'down', 'disabled', 'stopped'] as const
export type ServerStatus = (typeof serverStatuses)[number]

export const breakerStates = ['closed', 'open', 'half_open'] as const
export type BreakerState = (typeof breakerStates)[number]

const lastError = z.object({
  /** ISO-8601 UTC. */
  at: z.string(),
  /** One word, as in the log's ErrorKind field: `SpawnFailed`, `Timeout` … */
  kind: z.string(),
  message: z.string(),
  blame: z.enum(blameParties),
})

export const serverSnapshot = z.object({
  id: z.string(),
  name: z.string(),
  transport: z.enum(['stdio', 'http', 'sse', 'none']),
  /** Which protocol era the backend speaks; null until a handshake told. */
  era: z.enum(['legacy', 'modern']).nullable(),
  protocolVersion: z.string().nullable(),
  /** `name version` as the backend reports itself. */
  implementation: z.string().nullable(),
  status: z.enum(serverStatuses),
  /** Since when the status holds, ISO-8601 UTC. */
  since: z.string(),
  prefix: z.string(),
  /** stdio: the command line; else the endpoint, without user info. Secrets redacted. */
  target: z.string(),
  pid: z.number().int().nullable(),
  restarts: z.number().int(),
  tools: z.number().int(),
  inFlight: z.number().int(),
  requests: z.number().int(),
  errors: z.number().int(),
  latency: buckets,
  lastError: lastError.nullable(),
  /** When the next start is due, ISO-8601 UTC; null while none is planned. */
  nextStartAt: z.string().nullable(),
  /** The last lines of the child's stderr, oldest first. */
  stderrTail: z.array(z.string()),
  group: z.string().optional(),
  role: z.enum(['primary', 'fallback']).optional(),
  weight: z.number().optional(),
  /** Lines on stdout of a stdio server that are no messages; absent when there were none. */
  stdoutGarbage: z.object({lines: z.number().int(), last: z.string(), at: z.string()}).optional(),
  /** Calls that wait for their turn. */
  queued: z.number().int().optional(),
  breaker: z
    .object({
      state: z.enum(breakerStates),
      /** Failures in a row. */
      failures: z.number().int(),
      /** When it lets a call through again, ISO-8601 UTC; null unless it is open. */
      retryAt: z.string().nullable(),
      /** How often it went into each state. */
      transitions: z.object({closed: z.number().int(), open: z.number().int(), half_open: z.number().int()}),
    })
    .optional(),
  /** The newest health probe; absent before the first. */
  probe: z
    .object({
      healthy: z.boolean(),
      ok: z.boolean(),
      at: z.string(),
      latencyMs: z.number(),
      error: z.string().nullable(),
      successes: z.number().int(),
      failures: z.number().int(),
    })
    .optional(),
})
export type ServerSnapshot = z.infer<typeof serverSnapshot>

const requestLogFigures = z.object({
  backend: z.enum(['sqlite', 'postgres']),
  /** Rows that the database has. */
  written: z.number().int(),
  /** Rows that are lost. */
  dropped: z.number().int(),
  /** Rows that wait on disk for PostgreSQL to come back. */
  spooled: z.number().int(),
  /** Rows that ever waited there. */
  spooledTotal: z.number().int(),
  /** `unavailable`: the library cannot be loaded. */
  state: z.enum(['ok', 'spooling', 'failing', 'unavailable']),
  lastError: z.string().nullable(),
})

const cacheFigures = z.object({
  /** Answers are kept. */
  enabled: z.boolean(),
  backend: z.enum(['memory', 'redis']),
  /** Identical reads become one call. */
  batching: z.boolean(),
  hits: z.number().int(),
  misses: z.number().int(),
  /** Not looked for: the answer would belong to one client alone. */
  bypassed: z.number().int(),
  /** Requests that got the answer of another one's call. */
  batched: z.number().int(),
  invalidations: z.number().int(),
  entries: z.number().int(),
  bytes: z.number().int(),
  evictions: z.number().int(),
  maxEntries: z.number().int(),
  maxBytes: z.number(),
  /** No answer is kept longer. */
  ttlMs: z.number().nullable(),
  methods: z.array(
    z.object({method: z.string(), hits: z.number().int(), misses: z.number().int(), bypassed: z.number().int()}),
  ),
  /** Null where answers are kept in memory alone. */
  redis: z.object({up: z.boolean(), hits: z.number().int(), lastError: z.string().nullable()}).nullable(),
})

/** What has a configuration read anew: the file changed, a signal came, an operator asked. */
export const reloadTriggers = ['file', 'signal', 'command'] as const
export type ReloadTrigger = (typeof reloadTriggers)[number]

/** One thing that is wrong with a configuration file, as `validate --json` tells it, with its frame. */
const configProblem = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  path: z.string(),
  suggestion: z.string().nullable(),
  frame: z.array(z.string()).readonly(),
  related: z
    .array(
      z.object({
        message: z.string(),
        line: z.number().int(),
        column: z.number().int(),
        frame: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
})

/** What became of one attempt to take the configuration file anew. */
export const reloadReport = z.object({
  ok: z.boolean(),
  trigger: z.enum(reloadTriggers),
  /** false where the file is the one in force already. */
  changed: z.boolean(),
  message: z.string(),
  path: z.string(),
  /** Of what is in force afterwards. */
  sha256: z.string(),
  generation: z.number().int(),
  durationMs: z.number(),
  servers: z.object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    /** Another process or endpoint took their place. */
    changed: z.array(z.string()),
    /** They go on with other settings. */
    adjusted: z.array(z.string()),
    kept: z.array(z.string()),
  }),
  needsRestart: z.array(z.string()),
  problems: z.array(configProblem),
})
export type ReloadReport = z.infer<typeof reloadReport>

export const snapshot = z.object({
  contract: z.string(),
  instance: z.string(),
  /** The sequence number of the last event this snapshot includes. */
  seq: z.number().int(),
  /** ISO-8601 UTC. */
  at: z.string(),
  version: z.string(),
  pid: z.number().int(),
  startedAt: z.string(),
  state: z.enum(['starting', 'running', 'draining']),
  listen: z.object({
    host: z.string(),
    port: z.number().int(),
    metricsHost: z.string().nullable(),
    metricsPort: z.number().int().nullable(),
    /** The listener that speaks TLS, where there is one. */
    tls: z
      .object({
        port: z.number().int(),
        /** false: nothing listens without TLS. */
        plain: z.boolean(),
        /** Of the certificate in use. */
        subject: z.string(),
        /** ISO-8601 UTC. */
        notAfter: z.string(),
        /** Why newer files were not taken. */
        error: z.string().nullable(),
      })
      .optional(),
  }),
  config: z.object({
    path: z.string().nullable(),
    /** Of the file that is in force. */
    sha256: z.string(),
    /** Since when it is, ISO-8601 UTC. */
    since: z.string().optional(),
    /** 1 for what the runtime was started with, one more for each that was taken since. */
    generation: z.number().int().optional(),
    /** How often another file was taken, and refused. */
    reloads: z.object({taken: z.number().int(), refused: z.number().int()}).optional(),
    /** The newest attempt; null before the first. */
    lastReload: z
      .object({
        at: z.string(),
        ok: z.boolean(),
        trigger: z.enum(reloadTriggers),
        message: z.string(),
        problems: z.array(configProblem),
      })
      .nullable()
      .optional(),
    /** Settings of the file in force that only a restart brings. */
    needsRestart: z.array(z.string()).optional(),
  }),
  paths: z.object({state: z.string(), logs: z.string()}),
  process: z.object({
    rssBytes: z.number(),
    heapUsedBytes: z.number(),
    /** `[time in ms, bytes]`: the least that the heap held in each five minutes of the last day, oldest first. */
    heapLeast: z
      .array(z.tuple([z.number(), z.number()]).readonly())
      .readonly()
      .optional(),
    /** User and system time since the start. */
    cpuMs: z.number(),
    /** 99th percentile of the last seconds, above the timer's own resolution. */
    loopLagMs: z.number(),
  }),
  requests: z.object({
    opened: z.number().int(),
    closed: z.number().int(),
    /** Always opened - closed. */
    inFlight: z.number().int(),
    errors: z.number().int(),
    latency: buckets,
    /** The hundred that have been under way for the longest time, the oldest first. */
    open: z
      .array(
        z.object({
          requestId: z.string(),
          client: z.string(),
          target: z.string(),
          serverId: z.string().nullable(),
          traceId: z.string(),
          /** How often it was sent to a server. */
          attempts: z.number().int(),
          openMs: z.number(),
        }),
      )
      .optional(),
  }),
  /** Since contract 1.0 with run-time levels: the filter at work, the one it was started with, lines lost to a bad disk. */
  logging: z.object({filter: z.string(), configured: z.string(), linesLost: z.number().int()}).optional(),
  /** Where profiles are served; absent or null while they are not. */
  profiling: z.object({host: z.string(), port: z.number().int()}).nullable().optional(),
  sessions: z.number().int(),
  /** Tools as clients see them, after prefixes. */
  tools: z.number().int(),
  servers: z.array(serverSnapshot),
  /** Where clients have to prove who they are, or are limited. */
  access: z
    .object({
      authenticates: z.boolean(),
      /** Refused attempts by kind, as in the log. */
      failures: z.record(z.string(), z.number().int()),
      /** Requests over a limit. */
      limited: z.number().int(),
      issuers: z.array(
        z.object({
          issuer: z.string(),
          /** Where the keys come from: `file …` or `url …`. */
          from: z.string(),
          keys: z.number().int(),
          /** ISO-8601 UTC of the last good read. */
          readAt: z.string().nullable(),
          error: z.string().nullable(),
        }),
      ),
    })
    .optional(),
  /** Sessions that another instance had opened, or this one before it was started anew. */
  sessionsAdopted: z.number().int().optional(),
  /** What instances have in common; absent for one by itself. */
  shared: z
    .object({
      up: z.boolean(),
      /** ISO-8601 UTC of the last change. */
      since: z.string(),
      lastError: z.string().nullable(),
      /** Messages to and from other instances. */
      sent: z.number().int(),
      received: z.number().int(),
    })
    .optional(),
  /** Absent where no request log is kept. */
  requestLog: requestLogFigures.optional(),
  /** Absent where answers are neither kept nor shared. */
  cache: cacheFigures.optional(),
})
export type Snapshot = z.infer<typeof snapshot>

/** One request that ended. Field names as in the access log. */
export const requestEvent = z.object({
  type: z.literal('request'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  requestId: z.string(),
  client: z.string(),
  httpMethod: z.string(),
  /** `tools/call:memory__search`, or the path. */
  target: z.string(),
  /** HTTP status. */
  status: z.number().int(),
  responseBytes: z.number().int(),
  /** `hit`, `miss` …; null where no cache was asked. */
  cache: z.string().nullable().optional(),
  durationMs: z.number(),
  serverId: z.string().nullable(),
  traceId: z.string(),
  outcome: z.enum(outcomes),
  /** JSON-RPC error code, if it ended in one. */
  code: z.number().int().nullable(),
  blame: z.enum(blameParties).nullable(),
  /** The evidence line of the blame verdict, if there is one. */
  message: z.string().nullable(),
})
export type RequestEvent = z.infer<typeof requestEvent>

/** A backend's state changed: the whole new state, so that a reader needs no history. */
export const serverEvent = z.object({
  type: z.literal('server'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  server: serverSnapshot,
})
export type ServerEvent = z.infer<typeof serverEvent>

/** A circuit breaker opened, lets a few calls through, or closed again. */
export const breakerEvent = z.object({
  type: z.literal('breaker'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  serverId: z.string(),
  from: z.enum(breakerStates),
  to: z.enum(breakerStates),
  why: z.string(),
})
export type BreakerEvent = z.infer<typeof breakerEvent>

/** One line of error.log or only1mcp.log (stderr of children is in the latter). */
export const logEvent = z.object({
  type: z.literal('log'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  level: z.string(),
  module: z.string(),
  requestId: z.string().nullable(),
  serverId: z.string().nullable(),
  kind: z.string(),
  /** The message and its key=value pairs. */
  message: z.string(),
})
export type LogEvent = z.infer<typeof logEvent>

/** The runtime started, became ready, began to drain; an operator's action ran. */
export const lifecycleEvent = z.object({
  type: z.literal('lifecycle'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  what: z.string(),
  message: z.string(),
})
export type LifecycleEvent = z.infer<typeof lifecycleEvent>

/** Each second, so that a reader knows a quiet runtime from a dead one. Carries no new sequence number. */
export const heartbeatEvent = z.object({
  type: z.literal('heartbeat'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
})
export type HeartbeatEvent = z.infer<typeof heartbeatEvent>

/** Events were lost (too old, or the reader too slow): take a new snapshot and go on from its `seq`. */
export const resyncEvent = z.object({
  type: z.literal('resync'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  why: z.string(),
})
export type ResyncEvent = z.infer<typeof resyncEvent>

export const controlEvent = z.discriminatedUnion('type', [
  requestEvent,
  serverEvent,
  breakerEvent,
  logEvent,
  lifecycleEvent,
  heartbeatEvent,
  resyncEvent,
])
export type ControlEvent = z.infer<typeof controlEvent>

/** Without what the runtime's event log adds itself. */
export type EventBody<T extends ControlEvent = ControlEvent> = T extends ControlEvent
  ? Omit<T, 'seq' | 'at' | 'instance'>
  : never

/** What an action is told beside its name: the JSON object in the body of its POST. */
export type ActionArgs = Readonly<Record<string, unknown>>

export const actionResult = z.object({
  ok: z.boolean(),
  message: z.string(),
  /** What the action made, such as a profile; base64. */
  data: z.string().optional(),
  /** Of the action `reload`. */
  reload: reloadReport.optional(),
})
export type ActionResult = z.infer<typeof actionResult>

const offeredEntry = z.object({
  /** The server's own name or URI of it. */
  key: z.string(),
  /** As the server described it, as JSON; tools only. */
  definition: z.string().optional(),
  /** What it is called where nothing is in the way; null where a rule of the configuration withholds it. */
  wanted: z.string().nullable(),
  /** What clients call it; null where it is not offered. */
  exposed: z.string().nullable(),
  /** The server that has the wanted name, where that is another one. */
  takenBy: z.string().nullable(),
  /**
   * Why it is not in the list: a rule, a name that cannot be had (too long, bad characters, taken), or it only stands
   * in for another server's; null where it is in the list.
   */
  hidden: z.enum(['rule', 'name', 'spare']).nullable(),
})
export type OfferedEntry = z.infer<typeof offeredEntry>

/** What one server lists, and what clients see of it. */
export const serverLists = z.object({
  serverId: z.string(),
  /** false: the server has not told yet, all lists are empty. */
  known: z.boolean(),
  /** The lists are from before the server went away. */
  stale: z.boolean(),
  tools: z.array(offeredEntry),
  prompts: z.array(offeredEntry),
  resources: z.array(offeredEntry),
  templates: z.array(offeredEntry),
})
export type ServerLists = z.infer<typeof serverLists>

/** One health probe, made because somebody asked. */
export const probeAnswer = z.object({
  serverId: z.string(),
  /** False too where there is no connection to ask over; `error` says so. */
  ok: z.boolean(),
  latencyMs: z.number().nullable(),
  error: z.string().nullable(),
})
export type ProbeAnswer = z.infer<typeof probeAnswer>
