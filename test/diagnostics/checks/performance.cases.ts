import {cacheHits} from '../../../src/diagnostics/checks/cache-hits.ts'
import {performanceErrors} from '../../../src/diagnostics/checks/performance-errors.ts'
import {performanceLatency} from '../../../src/diagnostics/checks/performance-latency.ts'
import {performanceLimited} from '../../../src/diagnostics/checks/performance-limited.ts'
import {performanceP99} from '../../../src/diagnostics/checks/performance-p99.ts'
import {performanceQueue} from '../../../src/diagnostics/checks/performance-queue.ts'
import {bucketOf} from '../../../src/shared/latency-buckets.ts'
import {healthy, known, missing, nothingRuns, server, snapshot, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const told = snapshot([server()])

function telling(change: Partial<typeof told>): World {
  return worldFrom(healthy, {'control.snapshot': known({snapshot: {...told, ...change}, mismatch: null})})
}

const nothing = {when: 'nothing runs', world: nothingRuns, status: 'skip', summary: 'no runtime tells'} as const
const figures = {count: 500, errors: 0, p99Ms: 2000}

const cache = {
  enabled: true,
  backend: 'memory' as const,
  batching: false,
  hits: 900,
  misses: 100,
  bypassed: 0,
  batched: 0,
  invalidations: 0,
  entries: 40,
  bytes: 4096,
  evictions: 0,
  maxEntries: 1000,
  maxBytes: 1_000_000,
  ttlMs: 300_000,
  redis: null,
  methods: [{method: 'resources/read', hits: 900, misses: 100, bypassed: 0}],
}

export const performanceCases: readonly CheckCases[] = [
  {
    check: cacheHits,
    passing: [
      {when: 'there is none', world: healthy, status: 'skip', summary: 'no cache'},
      {when: 'most are hits', world: telling({cache}), status: 'pass', summary: '900 of 1000 lookups (90 %)'},
    ],
    failing: [
      {
        when: 'hardly any is one',
        world: telling({cache: {...cache, hits: 10, misses: 990}}),
        status: 'warn',
        summary: 'the cache seldom has the answer: 10 of 1000 lookups (1 %)',
        evidence: '40 entries',
        remedy: 'ttl_seconds',
      },
      {
        when: 'it is too small',
        world: telling({cache: {...cache, hits: 10, misses: 990, evictions: 900}}),
        status: 'warn',
        summary: 'the cache seldom has the answer',
        remedy: 'max_size_mb',
      },
    ],
    between: [nothing],
  },
  {
    check: performanceLatency,
    passing: [
      {when: 'there were no calls', world: healthy, status: 'pass', summary: 'too few calls'},
      {
        when: 'they are quick',
        world: telling({servers: [server({latency: [[bucketOf(20), 100]]})]}),
        status: 'pass',
        summary: 'slowest: github',
      },
    ],
    failing: [
      {
        when: 'one takes long',
        world: telling({servers: [server({latency: [[bucketOf(8000), 100]]})]}),
        status: 'warn',
        subject: 'github',
        summary: 'a server is slow: github with p99 ',
        evidence: 'p50',
      },
    ],
    between: [nothing],
  },
  {
    check: performanceQueue,
    passing: [{when: 'none waits', world: healthy, status: 'pass', summary: 'hardly any waits'}],
    failing: [
      {
        when: 'many wait',
        world: telling({servers: [server({queued: 400, inFlight: 100})]}),
        status: 'warn',
        subject: 'github',
        summary: 'calls wait for their turn: 400 for github',
        remedy: 'replica',
      },
    ],
    between: [nothing],
  },
  {
    check: performanceLimited,
    passing: [{when: 'none was', world: healthy, status: 'pass', summary: '0 requests'}],
    failing: [
      {
        when: 'many were',
        world: telling({
          access: {authenticates: true, failures: {}, limited: 90, issuers: []},
          requests: {...told.requests, closed: 100},
        }),
        status: 'warn',
        summary: 'rate limits hold back requests: 90 of 100',
      },
    ],
    between: [nothing],
  },
  {
    check: performanceErrors,
    passing: [{when: 'they succeed', world: healthy, status: 'pass', summary: '0 of 0'}],
    failing: [
      {
        when: 'most fail',
        world: telling({
          requests: {...told.requests, closed: 100, errors: 60},
          servers: [server({requests: 100, errors: 60})],
        }),
        status: 'fail',
        summary: 'requests fail: 60 of 100',
        evidence: 'github: 60 of 100',
      },
      {
        when: 'some fail',
        world: telling({requests: {...told.requests, closed: 100, errors: 6}}),
        status: 'warn',
        summary: 'requests fail: 6 of 100',
      },
    ],
    between: [nothing],
  },
  {
    check: performanceP99,
    passing: [
      {when: 'they are as fast', world: healthy, status: 'pass', summary: 'p99 300ms, the day before 280ms'},
      {
        when: 'there is no log of them',
        world: worldFrom(healthy, {'requests.recent': missing('absent', 'no database')}),
        status: 'skip',
        summary: 'no request log',
      },
    ],
    failing: [
      {
        when: 'they are much slower',
        world: worldFrom(healthy, {
          'requests.recent': known({
            recent: figures,
            before: {...figures, p99Ms: 100},
            methods: [{method: 'tools/call', p99Ms: 2000, count: 480}],
          }),
        }),
        status: 'warn',
        summary: 'requests are slower than the day before: p99 2s against 100ms',
        evidence: 'tools/call: p99 2s',
      },
    ],
  },
]
