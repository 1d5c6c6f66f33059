import {type Balancer, memberAt} from './balancer.ts'

/**
 * In turn, by weight: nginx's smooth weighted round robin, which spreads a heavy member's turns instead of bunching them.
 * Each pick gives everybody their weight, takes the one with most, and takes the sum of all weights from it.
 */
export function roundRobin(): Balancer {
  const credit = new Map<string, number>()
  return {
    pick(candidates) {
      let sum = 0
      let best = 0
      let most = Number.NEGATIVE_INFINITY
      const equal = candidates.every(({weight}) => weight === 0)
      for (const [index, {id, weight}] of candidates.entries()) {
        const share = equal ? 1 : weight
        const own = (credit.get(id) ?? 0) + share
        credit.set(id, own)
        sum += share
        if (share > 0 && own > most) {
          most = own
          best = index
        }
      }
      const chosen = memberAt(candidates, best)
      credit.set(chosen.id, most - sum)
      return chosen
    },
  }
}
