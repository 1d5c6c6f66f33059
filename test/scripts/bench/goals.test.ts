import {describe, expect, test} from 'vitest'
import {goals, judgeGoals, median} from '../../../scripts/bench/goals.ts'

describe('the goals of the benchmark', () => {
  const verdicts = (ours: number) =>
    Object.fromEntries(
      judgeGoals({only1mcp: {rps: ours, cpuUsPerCall: 100}, sdk: {rps: 100}, nginx: {cpuUsPerCall: 20}}, {}).map(
        ({id, verdict}) => [id, verdict],
      ),
    )

  test('a ratio on its limit is met, below it missed', () => {
    expect(verdicts(1000)).toMatchObject({'rps.sdk': 'met', 'cpu.nginx': 'met'})
    expect(verdicts(999)).toMatchObject({'rps.sdk': 'missed'})
  })

  test('a goal whose subject was not measured is neither met nor missed', () => {
    expect(verdicts(1)).toMatchObject({'cpu.mcp-hub': 'not measured', 'memory.idle': 'not measured'})
  })

  test('every goal has an id of its own', () => {
    expect(new Set(goals.map(({id}) => id)).size).toBe(goals.length)
  })

  test('the median of an even number of rounds lies between the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([9, 1, 5])).toBe(5)
    expect(median([])).toBeUndefined()
  })
})
