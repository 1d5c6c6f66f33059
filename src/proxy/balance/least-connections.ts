import {type Balancer, memberAt} from './balancer.ts'

/** The fewest calls on their way for its weight; among equals the one that was taken longest ago, so that idle members share. */
export function leastConnections(): Balancer {
  const takenAt = new Map<string, number>()
  let turn = 0
  return {
    pick(candidates) {
      let best = 0
      let least = Number.POSITIVE_INFINITY
      let oldest = 0
      for (const [index, {id, inFlight, weight}] of candidates.entries()) {
        const load = weight > 0 ? (inFlight + 1) / weight : Number.MAX_VALUE
        const taken = takenAt.get(id) ?? 0
        if (load > least || (load === least && taken >= oldest)) continue
        least = load
        oldest = taken
        best = index
      }
      const chosen = memberAt(candidates, best)
      takenAt.set(chosen.id, ++turn)
      return chosen
    },
  }
}
