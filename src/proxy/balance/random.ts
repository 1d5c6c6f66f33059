import {type Balancer, type BalancerOptions, memberAt} from './balancer.ts'

/** Any, with equal chances, whatever the weights. */
export function random({random: draw}: BalancerOptions): Balancer {
  return {
    pick: candidates => memberAt(candidates, Math.floor(draw() * candidates.length)),
  }
}
