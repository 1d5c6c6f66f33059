import type {Config} from '../../config/schema.ts'
import type {Balancer, BalancerOptions} from './balancer.ts'
import {consistentHash} from './consistent-hash.ts'
import {leastConnections} from './least-connections.ts'
import {random} from './random.ts'
import {roundRobin} from './round-robin.ts'
import {weightedRandom} from './weighted-random.ts'

export type Algorithm = NonNullable<NonNullable<Config['proxy']>['load_balancer']>['algorithm']

/** By the name in `proxy.load_balancer.algorithm`: adding one is a file and a line here. */
export const balancers: Readonly<Record<Algorithm, (options: BalancerOptions) => Balancer>> = {
  round_robin: roundRobin,
  least_connections: leastConnections,
  random,
  weighted_random: weightedRandom,
  consistent_hash: consistentHash,
}
