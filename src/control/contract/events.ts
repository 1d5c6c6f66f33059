import {z} from 'zod'
import {blameParties} from '../../shared/blame.ts'
import {breakerStates, serverSnapshot} from './server.ts'

/** How a request ended; exactly one of these, once. */
export const outcomes = ['answered', 'error', 'cancelled', 'ambiguous'] as const
export type Outcome = (typeof outcomes)[number]

/** One request that ended. Field names as in the access log. */
const requestEvent = z.object({
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
const serverEvent = z.object({
  type: z.literal('server'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  server: serverSnapshot,
})
export type ServerEvent = z.infer<typeof serverEvent>

/** A circuit breaker opened, lets a few calls through, or closed again. */
const breakerEvent = z.object({
  type: z.literal('breaker'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  serverId: z.string(),
  from: z.enum(breakerStates),
  to: z.enum(breakerStates),
  why: z.string(),
})

/** One line of error.log or only1mcp.log (stderr of children is in the latter). */
const logEvent = z.object({
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
const lifecycleEvent = z.object({
  type: z.literal('lifecycle'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  what: z.string(),
  message: z.string(),
})

/** Each second, so that a reader knows a quiet runtime from a dead one. Carries no new sequence number. */
const heartbeatEvent = z.object({
  type: z.literal('heartbeat'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
})

/** Events were lost (too old, or the reader too slow): take a new snapshot and go on from its `seq`. */
const resyncEvent = z.object({
  type: z.literal('resync'),
  seq: z.number().int(),
  at: z.string(),
  instance: z.string(),
  why: z.string(),
})

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
