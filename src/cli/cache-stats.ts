import type {Snapshot} from '../control/contract/snapshot.ts'
import {formatBytes} from '../shared/bytes.ts'
import {formatDuration} from '../shared/duration.ts'
import {safeText} from '../shared/safe-text.ts'
import {table} from './table.ts'

type Figures = NonNullable<Snapshot['cache']>

interface MethodStats {
  readonly method: string
  readonly hits: number
  readonly misses: number
  readonly bypassed: number
  /** Share of the questions that no server was asked, from 0 to 1; null where there was none. */
  readonly ratio: number | null
}

export interface CacheStatsDocument extends Omit<Figures, 'methods'> {
  readonly ratio: number | null
  readonly methods: readonly MethodStats[]
}

const off: Figures = {
  enabled: false,
  backend: 'memory',
  batching: false,
  hits: 0,
  misses: 0,
  bypassed: 0,
  batched: 0,
  invalidations: 0,
  entries: 0,
  bytes: 0,
  evictions: 0,
  maxEntries: 0,
  maxBytes: 0,
  ttlMs: null,
  methods: [],
  redis: null,
}

export function cacheStatsDocument({cache = off}: Pick<Snapshot, 'cache'>): CacheStatsDocument {
  const methods = cache.methods.map(figures => ({...figures, ratio: ratioOf(figures)}))
  return {...cache, ratio: ratioOf(cache), methods: methods.toSorted((a, b) => (a.method < b.method ? -1 : 1))}
}

function ratioOf({hits, misses}: {readonly hits: number; readonly misses: number}): number | null {
  return hits + misses === 0 ? null : hits / (hits + misses)
}

export function cacheStatsText(stats: CacheStatsDocument): string {
  const batching = stats.batching
    ? [`batching   on, ${stats.batched} requests got the answer of another one's call`]
    : [`batching   off${stats.batched > 0 ? `, ${stats.batched} requests waited for a call that was under way` : ''}`]
  if (!stats.enabled) return ['the cache is off (cache.enabled)', ...batching].join('\n')
  const lines = [
    `questions  ${stats.hits} hits, ${stats.misses} misses, ${stats.bypassed} not looked for, ratio ${percent(stats.ratio)}`,
    `memory     ${stats.entries} answers of at most ${stats.maxEntries}, ${formatBytes(stats.bytes)} of at most ${formatBytes(stats.maxBytes)}`,
    `lost       ${stats.evictions} thrown out for others, ${stats.invalidations} invalidations`,
    `kept       for ${stats.ttlMs === null ? 'ever' : formatDuration(stats.ttlMs)} at most`,
    `redis      ${redisText(stats.redis)}`,
    ...batching,
  ].map(line => safeText(line))
  if (stats.methods.length === 0) return lines.join('\n')
  const rows = stats.methods.map(({method, hits, misses, bypassed, ratio}) => [
    method,
    String(hits),
    String(misses),
    String(bypassed),
    percent(ratio),
  ])
  return [...lines, '', table(['METHOD', 'HITS', 'MISSES', 'NOT LOOKED FOR', 'RATIO'], rows)].join('\n')
}

function redisText(redis: Figures['redis']): string {
  if (redis === null) return 'not used'
  if (redis.up) return `up, ${redis.hits} answers came from there`
  return `away, answers are kept in memory alone${redis.lastError === null ? '' : `: ${redis.lastError}`}`
}

function percent(ratio: number | null): string {
  return ratio === null ? '-' : `${(ratio * 100).toFixed(1)} %`
}
