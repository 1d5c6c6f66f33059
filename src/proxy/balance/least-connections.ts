import {type Balancer, memberAt} from './balancer.ts'

/** The fewest calls on their way for its weight; among equals in turn, so that idle members share the load. */
export function leastConnections(): Balancer {
  let turn = 0
  return {
    pick(candidates) {
      turn++
      let best = 0
      let least = Number.POSITIVE_INFINITY
      for (let step = 0; step < candidates.length; step++) {
        const index = (turn + step) % candidates.length
        const {inFlight, weight} = memberAt(candidates, index)
        const load = weight > 0 ? (inFlight + 1) / weight : Number.MAX_VALUE
        if (load < least) {
          least = load
          best = index
        }
      }
      return memberAt(candidates, best)
    },
  }
}
