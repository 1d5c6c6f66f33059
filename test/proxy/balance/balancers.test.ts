import {describe, expect, it} from 'vitest'
import type {Balancer, Candidate} from '../../../src/proxy/balance/balancer.ts'
import {type Algorithm, balancers} from '../../../src/proxy/balance/balancers.ts'
import {slowStart} from '../../../src/proxy/balance/slow-start.ts'

/** A generator that is the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32
  }
}

const make = (algorithm: Algorithm): Balancer => balancers[algorithm]({random: seeded(7), virtualNodes: 150})
const member = (id: string, weight = 1, inFlight = 0): Candidate => ({id, weight, inFlight})

/** How many of `calls` each gets; every call has a key of its own. */
function shares(balancer: Balancer, candidates: readonly Candidate[], calls = 6000): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(candidates.map(({id}) => [id, 0]))
  for (let call = 0; call < calls; call++) {
    const {id} = balancer.pick(candidates, `key ${call}`)
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts
}

const algorithms = Object.keys(balancers) as Algorithm[]

/** What holds for each of them: the share of `a`, `b`, `c` in percent, and how far off it may be. */
const cases: readonly {
  name: string
  candidates: readonly Candidate[]
  expected: Readonly<Record<Algorithm, readonly number[]>>
}[] = [
  {
    name: 'three alike',
    candidates: [member('a'), member('b'), member('c')],
    expected: {
      round_robin: [33, 33, 33],
      least_connections: [33, 33, 33],
      random: [33, 33, 33],
      weighted_random: [33, 33, 33],
      consistent_hash: [33, 33, 33],
    },
  },
  {
    name: 'one of three times the weight',
    candidates: [member('a', 3), member('b'), member('c')],
    expected: {
      round_robin: [60, 20, 20],
      least_connections: [60, 20, 20],
      random: [33, 33, 33],
      weighted_random: [60, 20, 20],
      consistent_hash: [33, 33, 33],
    },
  },
  {
    name: 'one that is busy',
    candidates: [member('a', 1, 5), member('b'), member('c')],
    expected: {
      round_robin: [33, 33, 33],
      least_connections: [0, 50, 50],
      random: [33, 33, 33],
      weighted_random: [33, 33, 33],
      consistent_hash: [33, 33, 33],
    },
  },
  {
    name: 'one without weight',
    candidates: [member('a', 0), member('b'), member('c')],
    expected: {
      round_robin: [0, 50, 50],
      least_connections: [0, 50, 50],
      random: [33, 33, 33],
      weighted_random: [0, 50, 50],
      consistent_hash: [33, 33, 33],
    },
  },
  {
    name: 'nobody with weight',
    candidates: [member('a', 0), member('b', 0), member('c', 0)],
    expected: {
      round_robin: [33, 33, 33],
      least_connections: [33, 33, 33],
      random: [33, 33, 33],
      weighted_random: [33, 33, 33],
      consistent_hash: [33, 33, 33],
    },
  },
]

describe.each(algorithms)('%s', algorithm => {
  it.each(cases)('shares calls among $name', ({candidates, expected}) => {
    const got = Object.values(shares(make(algorithm), candidates)).map(count => count / 60)
    const tolerance = algorithm === 'consistent_hash' ? 8 : 3
    for (const [index, percent] of got.entries())
      expect(Math.abs(percent - (expected[algorithm][index] ?? Number.NaN)), got.join()).toBeLessThanOrEqual(tolerance)
  })

  it('takes the only one there is', () => {
    expect(make(algorithm).pick([member('only', 0)], 'x').id).toBe('only')
  })

  it('goes on when members come and go', () => {
    const balancer = make(algorithm)
    const [a, b, c] = [member('a'), member('b'), member('c')]
    shares(balancer, [a, b, c], 100)
    expect(shares(balancer, [b], 10)).toEqual({b: 10})
    const after = shares(balancer, [a, b, c], 3000)
    for (const count of Object.values(after)) expect(count).toBeGreaterThan(700)
  })
})

describe('round_robin', () => {
  it('spreads the turns of a heavy member', () => {
    const balancer = make('round_robin')
    const candidates = [member('a', 2), member('b'), member('c')]
    const order = Array.from({length: 8}, () => balancer.pick(candidates, '').id).join('')
    expect(order).toBe('abcaabca')
  })
})

describe('least_connections', () => {
  it('counts what is on its way for the weight', () => {
    const pick = (...candidates: Candidate[]): string => make('least_connections').pick(candidates, '').id
    expect(pick(member('a', 3, 4), member('b', 1, 1))).toBe('b')
    expect(pick(member('a', 3, 2), member('b', 1, 1))).toBe('a')
  })
})

describe('consistent_hash', () => {
  const keys = Array.from({length: 2000}, (_, index) => `client ${index}`)
  const homes = (balancer: Balancer, candidates: readonly Candidate[]): string[] =>
    keys.map(key => balancer.pick(candidates, key).id)

  it('has one home for each key, whoever asks in which order', () => {
    const all = ['a', 'b', 'c', 'd'].map(id => member(id))
    expect(homes(make('consistent_hash'), all)).toEqual(homes(make('consistent_hash'), [...all].reverse()))
  })

  it('moves only the keys of a member that goes', () => {
    const all = ['a', 'b', 'c', 'd'].map(id => member(id))
    const balancer = make('consistent_hash')
    const before = homes(balancer, all)
    const after = homes(balancer, all.slice(0, 3))
    for (const [index, home] of before.entries()) if (home !== 'd') expect(after[index]).toBe(home)
    expect(homes(balancer, all)).toEqual(before)
  })
})

describe('slowStart', () => {
  it('ramps from a tenth to the whole', () => {
    expect([0, 10_000, 20_000, 30_000, 99_000].map(ms => Math.round(100 * slowStart(ms, 30_000)))).toEqual([
      10, 40, 70, 100, 100,
    ])
    expect(slowStart(undefined, 30_000)).toBe(1)
    expect(slowStart(0, 0)).toBe(1)
  })
})
