import {expect, it} from 'vitest'
import {judgeSoak, repeated, slopePerMinute} from '../../../scripts/bench/resilience-goals.ts'

const clean = {wrong: 0, doubled: 0, late: 0, healthyErrors: 0, quietP99Ms: 10, soakP99Ms: 20}
const verdicts = (figures: Parameters<typeof judgeSoak>[0]) =>
  Object.fromEntries(judgeSoak(figures).map(({id, verdict}) => [id, verdict]))

it('a clean soak meets every goal, and a single fault misses its own', () => {
  expect(new Set(Object.values(verdicts(clean)))).toEqual(new Set(['met']))
  const faults = {wrong: 'soak.wrong', doubled: 'soak.double', late: 'soak.late', healthyErrors: 'soak.healthy'}
  for (const [figure, id] of Object.entries(faults))
    expect(verdicts({...clean, [figure]: 1})).toEqual({...verdicts(clean), [id]: 'missed'})
  expect(verdicts({...clean, soakP99Ms: 21})['soak.p99']).toBe('missed')
  expect(verdicts({...clean, quietP99Ms: null})['soak.p99']).toBe('not measured')
})

it('memory grows by so much a minute', () => {
  const points = [0, 30_000, 60_000].map(atMs => ({atMs, value: 100 + atMs / 10_000}))
  expect(slopePerMinute(points)).toBeCloseTo(6)
  expect(slopePerMinute([])).toBe(0)
  expect(
    slopePerMinute([
      {atMs: 5, value: 1},
      {atMs: 5, value: 9},
    ]),
  ).toBe(0)
})

it('a nonce that stands there twice was carried out once too often', () => {
  expect(repeated(['a', 'b', 'c'])).toBe(0)
  expect(repeated(['a', 'b', 'a', 'a'])).toBe(2)
})
