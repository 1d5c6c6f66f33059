import {describe, expect, test} from 'vitest'
import {limitKey} from '../../../src/proxy/access/client-address.ts'
import {SharedLimit} from '../../../src/proxy/access/shared-counter.ts'
import {TokenBuckets} from '../../../src/proxy/access/token-buckets.ts'
import fc from '../../helpers/properties.ts'

describe('token buckets', () => {
  test('let a burst through, then as many as the rate', () => {
    let now = 1000
    const buckets = new TokenBuckets({perMinute: 60, burst: 3, max: 10}, () => now)
    expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 0])
    expect(buckets.take('a')).toBe(1000)
    expect(buckets.take('b')).toBe(0)
    now += 400
    expect(buckets.take('a')).toBeCloseTo(600)
    now += 600
    expect(buckets.take('a')).toBe(0)
    expect(buckets.take('a')).toBeCloseTo(1000)
  })

  test('are no more than the limit, and the one in use is kept', () => {
    const buckets = new TokenBuckets({perMinute: 1, burst: 1, max: 100}, () => 0)
    buckets.take('busy')
    for (let i = 0; i < 10_000; i++) {
      buckets.take(`other ${i}`)
      if (i % 50 === 0) expect(buckets.take('busy')).toBeGreaterThan(0)
    }
    expect(buckets.size).toBe(100)
  })

  test('never let through more than the burst and what the time allows', () => {
    const steps = fc.array(fc.nat(5_000), {minLength: 1, maxLength: 200})
    fc.assert(
      fc.property(steps, fc.integer({min: 1, max: 600}), fc.integer({min: 1, max: 50}), (waits, perMinute, burst) => {
        let now = 0
        const buckets = new TokenBuckets({perMinute, burst, max: 10}, () => now)
        let passed = 0
        for (const wait of waits) {
          now += wait
          if (buckets.take('a') === 0) passed++
        }
        expect(passed).toBeLessThanOrEqual(burst + (now * perMinute) / 60_000 + 1e-6)
      }),
    )
  })
})

describe('the key of an address', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['-', '-'],
  ])('%s counts as %s', (address, key) => {
    expect(limitKey(address)).toBe(key)
  })
})

describe('a limit over all instances', () => {
  test('closes once the shared count is reached, and asks again after a second', async () => {
    let now = 0
    let count = 0
    const limit = new SharedLimit({hit: async () => ++count}, 3, 60_000, () => now)
    for (let i = 0; i < 3; i++) {
      expect(limit.take('a')).toBe(0)
      await Promise.resolve()
    }
    expect(limit.take('a')).toBe(1000)
    expect(count).toBe(3)
    now = 1001
    count = 0 // the window is over
    expect(limit.take('a')).toBe(0)
    await Promise.resolve()
    expect(limit.take('a')).toBe(0)
  })

  test('holds nobody up while the counter is out of reach, or never answers', async () => {
    for (const hit of [() => Promise.reject(new Error('away')), () => new Promise<number>(() => {})]) {
      const limit = new SharedLimit({hit}, 1, 60_000, () => 0)
      for (let i = 0; i < 5; i++) {
        expect(limit.take('a')).toBe(0)
        await Promise.resolve()
      }
    }
  })
})
