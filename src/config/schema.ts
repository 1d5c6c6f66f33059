import {z} from 'zod'
import {auth, rateLimit} from './schema/access.ts'
import {backend} from './schema/backend.ts'
import {observability, profiling, tui} from './schema/observability.ts'
import {server} from './schema/server.ts'
import {cache, circuitBreakerAlias, contextOptimization, health, proxy, shared} from './schema/traffic.ts'

const paths = z
  .strictObject({
    state: z.string().min(1).optional().describe('folder of runtime.json, the control socket and databases'),
    logs: z.string().min(1).optional().describe('folder of access.log, error.log and only1mcp.log'),
  })
  .prefault({})

const file = z.strictObject({
  version: z
    .union([z.literal('1.0'), z.literal(1)])
    .optional()
    .describe('layout of this file; 1.0 when absent'),
  server,
  servers: z.array(backend).default([]),
  proxy: proxy.optional(),
  shared: shared.optional(),
  cache: cache.optional(),
  context_optimization: contextOptimization.optional(),
  health: health.optional(),
  circuit_breaker: circuitBreakerAlias.optional().describe('another spelling of health.circuit_breaker'),
  auth: auth.optional(),
  rate_limit: rateLimit.optional(),
  paths,
  observability,
  profiling: profiling.optional(),
  tui: tui.optional(),
})

/**
 * Configuration 1.0: the single source of types, defaults, documentation and secret marks. Top-level `x-` keys are free:
 * the loader takes them out before.
 */
export const configSchema = file.transform(({circuit_breaker: alias, ...config}) => {
  if (alias === undefined) return config
  const {timeout, ...same} = alias
  return {...config, health: {circuit_breaker: {...same, recovery_timeout: timeout}, ...config.health}}
})

/** A validated configuration with all defaults; durations in milliseconds, sizes in bytes. */
export type Config = z.output<typeof configSchema>
export type BackendConfig = Config['servers'][number]
