import {z} from 'zod'
import {configProblem, reloadTriggers} from './reload.ts'
import {latencyBuckets, serverSnapshot} from './server.ts'

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
    latency: latencyBuckets,
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
