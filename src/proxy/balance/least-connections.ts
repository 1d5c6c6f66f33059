import type {Balancer} from './balancer.ts'
import {roundRobin} from './round-robin.ts'

/**
 * The fewest calls on their way for its weight; equals in turn, by weight (as nginx's least_conn). With calls one after
 * the other all are equal: whoever counted the weight there as well would send everything to the heaviest, also when that
 * one fails fast, which always looks idle.
 */
export function leastConnections(): Balancer {
  const turns = roundRobin()
  return {
    pick(candidates, key) {
      let least = Number.POSITIVE_INFINITY
      for (const candidate of candidates) least = Math.min(least, load(candidate))
      return turns.pick(
        candidates.filter(candidate => load(candidate) === least),
        key,
      )
    },
  }
}

function load({inFlight, weight}: {readonly inFlight: number; readonly weight: number}): number {
  return weight > 0 ? inFlight / weight : Number.MAX_VALUE
}
