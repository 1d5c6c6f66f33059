import {keySpan, valueSpan} from './locate.ts'
import {valueAt} from './matches.ts'
import type {Finding} from './problem.ts'
import type {KeyPath} from './schema-walk.ts'
import type {YamlSource} from './yaml-source.ts'

/** As the libraries have them. */
const highestLevel = {gzip: 9, br: 11, zstd: 22} as const

/** A cache that has nowhere to be, and levels that an algorithm does not have. */
export function trafficLint(value: unknown, source: YamlSource): Finding[] {
  return [...redisWithoutUrl(value, source), ...levelOfAlgorithm(value, source)]
}

function redisWithoutUrl(value: unknown, source: YamlSource): Finding[] {
  const cache = valueAt(value, ['cache'])
  if (valueAt(value, ['cache', 'backend']) !== 'redis' || valueAt(value, ['cache', 'enabled']) !== true) return []
  const redis = valueAt(value, ['cache', 'redis'])
  if (typeof cache !== 'object' || (redis !== undefined && redis !== null)) return []
  return [
    {
      severity: 'error',
      code: 'cache.no_redis',
      message: 'cache.backend is redis, and cache.redis does not say where it is',
      path: ['cache', 'backend'],
      at: valueSpan(source, ['cache', 'backend']),
      suggestion: 'add redis: {url: "redis://host:6379"}, or use backend: memory',
    },
  ]
}

function levelOfAlgorithm(value: unknown, source: YamlSource): Finding[] {
  const compression: KeyPath = ['context_optimization', 'compression']
  const algorithm = valueAt(value, [...compression, 'algorithm']) ?? 'gzip'
  const level = valueAt(value, [...compression, 'level'])
  const highest = Object.entries(highestLevel).find(([name]) => name === algorithm)?.[1]
  if (typeof level !== 'number' || highest === undefined || level <= highest) return []
  const path = [...compression, 'level']
  return [
    {
      severity: 'error',
      code: 'compression.level',
      message: `${algorithm} has levels from 1 to ${highest}`,
      path,
      at: keySpan(source, path),
      suggestion: `use ${algorithm === 'zstd' ? 3 : algorithm === 'br' ? 4 : 6}; higher ones cost much more time than they save`,
    },
  ]
}
