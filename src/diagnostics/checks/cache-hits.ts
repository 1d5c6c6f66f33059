import {formatBytes} from '../../shared/bytes.ts'
import {type Check, pass, skip, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const fewest = 200
const leastShare = 0.1
const churn = 0.5

/** The cache is worth its memory (the guide's "Check cache effectiveness"). */
export const cacheHits: Check<['control.snapshot']> = {
  id: 'cache.hits',
  category: 'performance',
  severity: 'warn',
  title: 'the cache answers a share of what is asked',
  docs: 'the-cache-seldom-has-the-answer',
  after: [...afterRuntime],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('the cache')]
    const {cache} = snapshot
    if (cache?.enabled !== true) return [skip('', 'no cache is configured')]
    const {hits, misses, evictions, entries, bytes, backend, methods} = cache
    const asked = hits + misses
    const text = `${hits} of ${asked} lookups (${asked === 0 ? 0 : Math.round((hits / asked) * 100)} %)`
    const evidence = [
      `${entries} entries, ${formatBytes(bytes)}, ${evictions} thrown out for want of room`,
      ...methods.slice(0, 5).map(each => `${each.method}: ${each.hits} hits, ${each.misses} misses`),
    ]
    if (asked < fewest || hits / asked >= leastShare) return [pass(backend, `cache hits: ${text}`, {evidence})]
    return [
      warn(backend, `the cache seldom has the answer: ${text}`, {
        evidence,
        remedy:
          evictions > misses * churn
            ? 'it is too small: raise cache.max_size_mb or cache.max_entries'
            : 'answers change or end too soon: raise cache.ttl_seconds, or turn it off',
      }),
    ]
  },
}
