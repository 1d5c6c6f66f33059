import {type Balancer, type BalancerOptions, memberAt} from './balancer.ts'

/** Any, with chances by weight. */
export function weightedRandom({random}: BalancerOptions): Balancer {
  return {
    pick(candidates) {
      let sum = 0
      for (const {weight} of candidates) sum += weight
      if (sum === 0) return memberAt(candidates, Math.floor(random() * candidates.length))
      let rest = random() * sum
      for (const candidate of candidates) {
        rest -= candidate.weight
        if (rest < 0) return candidate
      }
      return memberAt(candidates, candidates.length - 1)
    },
  }
}
