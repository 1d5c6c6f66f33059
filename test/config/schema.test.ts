import {describe, expect, test} from 'vitest'
import {inactiveSettings} from '../../src/config/inactive-settings.ts'
import {parseConfig} from '../../src/config/load.ts'
import {placeAt} from '../../src/config/schema-walk.ts'

/** Settings as operators write them, each a whole file. */
const settings: Readonly<Record<string, string>> = {
  'a server with a retry rule alone':
    'servers:\n  - id: slow\n    timeout: 45s\n    retry: {max_attempts: 4, backoff: exponential}\n',
  'a connection pool':
    'proxy:\n  connection_pool: {max_per_backend: 50, min_idle: 2, max_idle_time_ms: 120000, validation_interval: 30s}\n',
  'a circuit breaker': 'health:\n  circuit_breaker: {enabled: true, failure_threshold: 4, recovery_timeout: 20s}\n',
  'the other spelling of it':
    'circuit_breaker: {failure_threshold: 8, success_threshold: 2, timeout: 45s, half_open_requests: 4}\n',
  'a cache in Redis':
    'cache:\n  enabled: true\n  max_size_mb: 100\n  ttl_seconds: 60\n  backend: redis\n  redis: {url: "redis://localhost:6379"}\n',
  'a cache with marks':
    'cache:\n  max_size_mb: 50\n  max_entries: 500\n  eviction: {policy: lru, high_water_mark: 0.8, low_water_mark: 0.6}\n',
  'a balancer and batching':
    'proxy:\n  load_balancer: {algorithm: least_connections}\n  batching: {enabled: true, window_ms: 50, max_batch_size: 20}\n',
  compression: 'context_optimization:\n  compression: {enabled: true, algorithm: zstd, level: 3, min_size: 2048}\n',
  'a fallback':
    'servers:\n  - {id: first, endpoint: "https://a.example.com"}\n  - {id: second, endpoint: "https://b.example.com", role: fallback}\n',
  'health checks':
    'servers:\n  - {id: a, command: run, health_check: {enabled: true, path: /health, interval: 10s, timeout: 2s, healthy_threshold: 1, unhealthy_threshold: 2}}\n',
  'tools of a server':
    'servers:\n  - {id: a, command: run, group: g, weight: 2, tools: {allow: [x], deny: [y], rename: {x: z}}}\n',
  access:
    'auth:\n  api_keys: [{id: ci, hash: "sha256:abc"}]\n  jwt: {issuer: "https://i", audience: [me], key_file: k.pem}\nrate_limit: {per_principal: {requests_per_minute: 10, burst: 5}}\nserver: {tls: {cert: c.pem, key: k.pem, client_ca: ca.pem}, session_key: abc}\n',
  observability:
    'observability:\n  logging: {level: debug, modules: {"only1mcp::proxy": trace}, rotation: {max_size: 10MiB, max_age: 1d, keep: 3}}\n  tracing: {enabled: true}\n  request_log: {backend: postgres, postgres: {url: "postgres://h/db"}}\n',
  'the rest':
    'profiling: {enabled: true}\ntui: {default_view: logs}\nproxy: {hot_reload: {settle: 1m}}\npaths: {logs: /tmp/x}\n',
}

describe('a setting that the documentation shows is valid', () => {
  test.each(Object.entries(settings))('%s', (_, text) => {
    const {ok, problems} = parseConfig(text, 'c.yaml', {env: {}})
    expect(problems.filter(({severity}) => severity === 'error')).toEqual([])
    expect(ok).toBe(true)
  })
})

describe('a setting without effect', () => {
  test.each(inactiveSettings.map(({place}) => place))('%s is a place of the schema', place => {
    expect(placeAt(place.split('.').map(key => (key === '*' ? 0 : key)))).toBeDefined()
  })

  test('is named once for each place', () => {
    const {problems} = parseConfig('tui: {max_log_lines: 10}\n', 'c.yaml')
    expect(problems.map(({code, path}) => [code, path])).toEqual([['setting.inactive', 'tui']])
  })
})
