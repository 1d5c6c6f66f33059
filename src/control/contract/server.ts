import {z} from 'zod'
import {blameParties} from '../../shared/blame.ts'

/** `[bucket, count]` pairs of `shared/latency-buckets`; percentiles are computed by the reader. */
export const latencyBuckets = z.array(z.tuple([z.number().int(), z.number().int()]).readonly()).readonly()

/**
 * `starting` until the first handshake, `up` while calls are served, `restarting` between a death and the next start,
 * `crash_loop` after more than five deaths in a minute, `down` when an endpoint does not answer, `disabled` by config.
 */
const serverStatuses = ['starting', 'up', 'restarting', 'crash_loop', 'down', 'disabled', 'stopped'] as const
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
  latency: latencyBuckets,
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
