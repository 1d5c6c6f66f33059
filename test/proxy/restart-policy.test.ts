import {describe, expect, it} from 'vitest'
import {RestartPolicy} from '../../src/proxy/restart-policy.ts'

const middle = (): number => 0.5

/** Delays and verdicts of ends at these times, none of which came after a healthy run. */
function ends(times: readonly number[], policy = new RestartPolicy(middle)) {
  return times.map(now => policy.ended(now, 0))
}

describe('when a server that ended is started again', () => {
  it('is after half a second, twice as long each time, at most a minute', () => {
    const every10Minutes = Array.from({length: 10}, (_, i) => i * 600_000)
    const delays = ends(every10Minutes).map(({delayMs}) => delayMs)
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
    expect(ends(every10Minutes).some(({crashLoop}) => crashLoop)).toBe(false)
  })

  it('varies by a tenth, so that many servers do not start in step', () => {
    expect(new RestartPolicy(() => 0).ended(0, 0).delayMs).toBe(450)
    expect(new RestartPolicy(() => 0.999_999).ended(0, 0).delayMs).toBe(550)
  })

  it('is half a second again after a healthy minute', () => {
    const policy = new RestartPolicy(middle)
    ends([0, 1000, 2000], policy)
    expect(policy.ended(100_000, 59_999).delayMs).toBe(4000)
    expect(policy.ended(300_000, 60_000).delayMs).toBe(500)
    expect(policy.ended(300_001, 0).delayMs).toBe(1000)
  })

  it('is called a crash loop from the sixth end within a minute on, until it calms down', () => {
    const policy = new RestartPolicy(middle)
    const verdicts = ends([0, 1000, 2000, 3000, 4000, 5000, 59_000, 66_000, 200_000], policy)
    expect(verdicts.map(({crashLoop}) => crashLoop)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
      false,
      false,
    ])
  })

  it('stays within its bounds after a thousand ends', () => {
    const policy = new RestartPolicy(middle)
    let last = {delayMs: 0, crashLoop: false}
    for (let i = 0; i < 1_000; i++) last = policy.ended(i * 1000, 0)
    expect(last).toEqual({delayMs: 60_000, crashLoop: true})
  })
})
