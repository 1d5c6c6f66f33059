import {type Balancer, type BalancerOptions, memberAt} from './balancer.ts'

interface Point {
  readonly at: number
  readonly id: string
}

/**
 * Equal keys go to one member, and when a member goes only its keys move: each member has points on a ring, and a key
 * belongs to the first point after its own. A ring is kept for each set of members that was seen, few at a time.
 */
export function consistentHash({virtualNodes}: BalancerOptions): Balancer {
  const rings = new Map<string, readonly Point[]>()
  return {
    pick(candidates, key) {
      const ids = candidates.map(({id}) => id).sort()
      const name = ids.join('\n')
      let ring = rings.get(name)
      if (ring === undefined) {
        if (rings.size >= maxRings) rings.clear()
        ring = ringOf(ids, virtualNodes)
        rings.set(name, ring)
      }
      const {id} = memberAt(ring, firstAfter(ring, hash(key)))
      return candidates.find(candidate => candidate.id === id) ?? memberAt(candidates, 0)
    },
  }
}

const maxRings = 64

function ringOf(ids: readonly string[], virtualNodes: number): readonly Point[] {
  const points = ids.flatMap(id => Array.from({length: virtualNodes}, (_, index) => ({at: hash(`${id}#${index}`), id})))
  return points.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}

/** The index of the first point at or after `at`; round to the first one where there is none. */
function firstAfter(ring: readonly Point[], at: number): number {
  let low = 0
  let high = ring.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (memberAt(ring, middle).at < at) low = middle + 1
    else high = middle
  }
  return low === ring.length ? 0 : low
}

/** FNV-1a over UTF-16 units with MurmurHash3's last mix: near keys lie far apart. The same on every machine. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
