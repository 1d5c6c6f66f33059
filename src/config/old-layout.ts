import {foundAt} from './found.ts'
import {keySpan, locate, valueSpan} from './locate.ts'
import {matches} from './matches.ts'
import {type Finding, pathText} from './problem.ts'
import type {YamlSource} from './yaml-source.ts'

/** Places that only the 0.9 layout has; `*` stands for any index. */
const oldPlaces: readonly string[] = [
  'server.worker_threads',
  'server.max_connections',
  'server.admin',
  'server.request_timeout_ms',
  'server.tls.enabled',
  'server.tls.cert_path',
  'server.tls.key_path',
  'servers.*.transport.type',
  'servers.*.transport.command',
  'servers.*.transport.url',
  'servers.*.timeout_ms',
  'servers.*.routing',
  'servers.*.retry.initial_delay_ms',
  'servers.*.retry.max_delay_ms',
  'servers.*.retry.multiplier',
  'servers.*.health_check.interval_seconds',
  'servers.*.health_check.timeout_seconds',
  'servers.*.health_check.failure_threshold',
  'servers.*.health_check.success_threshold',
  'context_optimization.cache',
  'context_optimization.batching',
  'auth.admin',
  'auth.client',
  'auth.rate_limit',
  'observability.metrics.type',
  'observability.logging.outputs',
]

const migrate = 'only1mcp config migrate --from-version 0.9 --to-version 1.0 IN OUT'

/** What the `version` key, or its absence, says against reading the file as 1.0; at most one finding. */
export function checkVersion(value: unknown, source: YamlSource): Finding | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const version: unknown = Object.hasOwn(value, 'version') ? (value as {version: unknown}).version : undefined
  if (version === undefined) return oldLayout(value, source)
  if (version === 1 || version === '1.0') return undefined
  const old = ['0.9', '0.10', 0.9, 0.1].includes(version as string | number)
  return {
    severity: 'error',
    code: 'version.unsupported',
    message: `expected version 1.0, found ${foundAt(source, ['version'], []).words}`,
    path: ['version'],
    at: valueSpan(source, ['version']),
    suggestion: old ? `run ${migrate}` : 'write version: "1.0", or remove the key',
  }
}

function oldLayout(value: object, source: YamlSource): Finding | undefined {
  const found = oldPlaces
    .flatMap(place => matches(value, place))
    .filter(path => locate(source, path) !== undefined)
    .map(path => ({path, at: keySpan(source, path)}))
    .sort((a, b) => a.at.start - b.at.start)[0]
  return (
    found && {
      severity: 'error',
      code: 'version.old_layout',
      message: `this file has the layout of version 0.9: ${pathText(found.path)} is not in 1.0`,
      path: found.path,
      at: found.at,
      suggestion: `run ${migrate}`,
    }
  )
}
