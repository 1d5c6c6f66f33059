import {describe, expect, test} from 'vitest'
import {controlEvent} from '../../../src/control/contract/events.ts'
import {snapshot} from '../../../src/control/contract/snapshot.ts'
import {DemoWorld} from '../../../src/tui/store/demo-world.ts'

describe('the demo', () => {
  test('is the same for the same seed, and another for another', () => {
    const run = (seed: number): string => {
      const world = new DemoWorld(seed)
      const events = Array.from({length: 300}, () => world.step()).flat()
      return JSON.stringify([events, world.snapshot()])
    }
    expect(run(7)).toBe(run(7))
    expect(run(7)).not.toBe(run(8))
  })

  test('speaks the contract, and its counters agree with its events', () => {
    const world = new DemoWorld()
    const events = Array.from({length: 600}, () => world.step()).flat()
    for (const event of events) expect(controlEvent.parse(event)).toEqual(event)
    const now = snapshot.parse(world.snapshot())
    const requests = events.filter(event => event.type === 'request')
    expect(now.requests.closed).toBe(requests.length)
    expect(now.requests.errors).toBe(requests.filter(event => event.outcome === 'error').length)
    expect(now.servers.reduce((sum, server) => sum + server.requests, 0)).toBe(requests.length)
    expect(now.seq).toBe(events.length)
  })
})
