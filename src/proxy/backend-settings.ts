import {isDeepStrictEqual} from 'node:util'
import type {BackendConfig, Config} from '../config/schema.ts'
import type {HttpPoolOptions} from '../mcp/http-client.ts'
import {type Naming, namingOf} from './names.ts'
import {transportOf} from './open-backend.ts'
import type {GuardSettings} from './resilience/guard.ts'
import {breakerSettingsOf, httpPoolOf, loadBalancerOf, poolOf} from './resilience/settings.ts'

/** All that a configuration says of one server, its own part and that of all. */
export interface BackendSettings {
  readonly config: BackendConfig
  /** Of its group. */
  readonly naming: Naming
  readonly guard: GuardSettings
  /** How long it takes to get its whole share again after it was away. */
  readonly slowStartMs: number
  readonly defaultTimeoutMs: number
  readonly pool: HttpPoolOptions
}

export function backendSettings(config: Config): BackendSettings[] {
  const {max_per_backend, max_queue} = poolOf(config)
  const namings = new Map<string, Naming>()
  for (const each of config.servers) {
    const id = each.group ?? each.id
    if (!namings.has(id)) namings.set(id, namingOf(each))
  }
  return config.servers.map(each => ({
    config: each,
    naming: namings.get(each.group ?? each.id) ?? namingOf(each),
    guard: {breaker: breakerSettingsOf(config), maxInFlight: max_per_backend, maxQueue: max_queue},
    slowStartMs: loadBalancerOf(config).slow_start,
    defaultTimeoutMs: config.server.request_timeout,
    pool: httpPoolOf(config),
  }))
}

/** What can be said of a server anew while its connection stands. A key that is not here takes a new connection. */
const adjustable: ReadonlySet<string> = new Set<keyof BackendConfig>([
  'name',
  'prefix',
  'group',
  'role',
  'weight',
  'timeout',
  'retry',
  'health_check',
  'tools',
  'prompts',
  'resources',
])

export function sameSettings(one: BackendSettings, other: BackendSettings): boolean {
  return isDeepStrictEqual(one, other)
}

/** Whether the process, or the endpoint and what is sent there, is the same. */
export function sameConnection(one: BackendSettings, other: BackendSettings): boolean {
  if (!isDeepStrictEqual(connectionOf(one.config), connectionOf(other.config))) return false
  const pooled = transportOf(one.config) === 'http' || transportOf(one.config) === 'sse'
  return !pooled || isDeepStrictEqual(one.pool, other.pool)
}

function connectionOf(config: BackendConfig): object {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !adjustable.has(key)))
}
