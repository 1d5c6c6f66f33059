import {describe, expect, it} from 'vitest'
import {CircuitBreaker, type Transition} from '../../../src/proxy/resilience/breaker.ts'
import {InFlightGate} from '../../../src/proxy/resilience/in-flight-gate.ts'
import {RetryBudget} from '../../../src/proxy/resilience/retry-budget.ts'
import {delayBefore, retryOf} from '../../../src/proxy/resilience/retry-policy.ts'
import fc from '../../helpers/properties.ts'

function world(settings: Partial<ConstructorParameters<typeof CircuitBreaker>[0]> = {}) {
  const time = {now: 1000, wall: 1_700_000_000_000}
  const pass = (ms: number): void => {
    time.now += ms
    time.wall += ms
  }
  const clock = {now: () => time.now, wallMs: () => time.wall}
  const seen: Transition[] = []
  const all = {
    enabled: true,
    failureThreshold: 3,
    successThreshold: 2,
    recoveryMs: 1000,
    halfOpenRequests: 2,
    ...settings,
  }
  const make = (): CircuitBreaker => new CircuitBreaker(all, clock, transition => seen.push(transition))
  return {breaker: make(), make, time, pass, seen, states: () => seen.map(({to}) => to)}
}

const fail = (breaker: CircuitBreaker): void => breaker.failed(breaker.admit(), 'it failed')
const succeed = (breaker: CircuitBreaker): void => breaker.succeeded(breaker.admit())

describe('a breaker', () => {
  it('opens after failures in a row only', () => {
    const {breaker, states} = world()
    for (let round = 0; round < 5; round++) {
      fail(breaker)
      fail(breaker)
      succeed(breaker)
    }
    expect(breaker.state).toBe('closed')
    for (let each = 0; each < 3; each++) fail(breaker)
    expect([breaker.admit(), breaker.refuses, breaker.retryAfterMs]).toEqual([0, true, 1000])
    expect(states()).toEqual(['open'])
  })

  it('lets so many through at a time when its time has come, and closes after successes in a row', () => {
    const {breaker, pass, states} = world()
    for (let each = 0; each < 3; each++) fail(breaker)
    pass(999)
    expect(breaker.admit()).toBe(0)
    pass(1)
    const [one, two] = [breaker.admit(), breaker.admit()]
    expect([one > 0, two > 0, breaker.admit()]).toEqual([true, true, 0])
    breaker.succeeded(one)
    expect(breaker.state).toBe('half_open')
    breaker.undecided(two)
    succeed(breaker)
    expect(states()).toEqual(['open', 'half_open', 'closed'])
  })

  it('opens again with the first failure of a trial, for the whole time', () => {
    const {breaker, pass} = world()
    for (let each = 0; each < 3; each++) fail(breaker)
    pass(1000)
    fail(breaker)
    expect([breaker.state, breaker.retryAfterMs]).toEqual(['open', 1000])
  })

  it('learns nothing from calls that were begun before it changed', () => {
    const {breaker, pass} = world()
    const early = breaker.admit()
    for (let each = 0; each < 3; each++) fail(breaker)
    breaker.succeeded(early)
    expect(breaker.state).toBe('open')
    pass(1000)
    const trial = breaker.admit()
    breaker.failed(early, 'late news')
    expect(breaker.state).toBe('half_open')
    breaker.succeeded(trial)
    succeed(breaker)
    expect(breaker.state).toBe('closed')
  })

  it('does not look at the wall clock', () => {
    const {breaker, time} = world()
    for (let each = 0; each < 3; each++) fail(breaker)
    time.wall += 3_600_000
    expect(breaker.admit()).toBe(0)
    time.wall -= 7_200_000
    time.now += 1000
    expect(breaker.admit()).toBeGreaterThan(0)
  })

  it('goes on after a restart, for no longer than its recovery time whatever the wall clock says', () => {
    const {breaker, make, time, pass} = world()
    for (let each = 0; each < 3; each++) fail(breaker)
    pass(400)
    const row = breaker.row('s')
    const next = make()
    next.restore(row)
    expect([next.state, next.retryAfterMs]).toEqual(['open', 600])
    time.wall -= 3_600_000
    const later = make()
    later.restore(row)
    expect(later.retryAfterMs).toBe(1000)
    time.wall += 7_200_000
    const due = make()
    due.restore(row)
    expect(due.refuses).toBe(false)
  })

  it('closes when what could not be reached is reached', () => {
    const {breaker} = world({failureThreshold: 1})
    breaker.failure('connection refused', true)
    expect(breaker.state).toBe('open')
    breaker.reached()
    expect(breaker.state).toBe('closed')
    breaker.failure('the process died in a call', false)
    breaker.reached()
    expect(breaker.state).toBe('open')
  })

  it('switched off never opens', () => {
    const {breaker} = world({enabled: false, failureThreshold: 1})
    for (let each = 0; each < 9; each++) fail(breaker)
    expect(breaker.state).toBe('closed')
  })

  it('never gets stuck: whatever happened, after its time a call goes through once all have ended', () => {
    const step = fc.constantFrom('begin', 'succeed', 'fail', 'undecided', 'wait', 'reached')
    fc.assert(
      fc.property(fc.array(step, {maxLength: 60}), steps => {
        const {breaker, pass} = world()
        const open: number[] = []
        for (const each of steps) {
          if (each === 'begin') {
            const taken = breaker.admit()
            if (taken > 0) open.push(taken)
          } else if (each === 'wait') pass(400)
          else if (each === 'reached') breaker.reached()
          else {
            const taken = open.shift()
            if (taken === undefined) continue
            if (each === 'succeed') breaker.succeeded(taken)
            if (each === 'fail') breaker.failed(taken, 'why')
            if (each === 'undecided') breaker.undecided(taken)
          }
        }
        for (const taken of open) breaker.undecided(taken)
        pass(1000)
        expect(breaker.refuses).toBe(false)
        expect(breaker.admit()).toBeGreaterThan(0)
      }),
    )
  })
})

describe('a retry budget', () => {
  it('is a fifth of the calls, and ten a second, of which a hundred are saved', () => {
    const time = {now: 0}
    const budget = new RetryBudget(() => time.now)
    const spendAll = (): number => {
      let spent = 0
      while (budget.spend()) spent++
      return spent
    }
    time.now = 3_600_000
    expect(spendAll()).toBe(100)
    time.now += 1000
    expect(spendAll()).toBe(10)
    for (let call = 0; call < 50; call++) budget.earn()
    expect(spendAll()).toBeGreaterThanOrEqual(9)
  })
})

describe('the pause before an attempt', () => {
  it('is doubled, has full jitter and an end; or is always the same', () => {
    const retry = retryOf({})
    const longest = [1, 2, 3, 4, 5, 6, 9].map(failed => delayBefore(failed, retry, () => 0.999_999))
    expect(longest).toEqual([100, 200, 400, 800, 1600, 2000, 2000])
    expect(delayBefore(5, retry, () => 0)).toBe(0)
    expect(delayBefore(5, {...retry, backoff: 'fixed'}, () => 0)).toBe(100)
  })
})

describe('the gate of a server', () => {
  it('hands places on in the order of their coming', async () => {
    const gate = new InFlightGate(1, 2)
    expect(gate.tryEnter()).toBe(true)
    const order: string[] = []
    const [second, third] = ['second', 'third'].map(async name => {
      const entry = await gate.enter(5000, undefined)
      order.push(`${name} ${entry}`)
    })
    expect(await gate.enter(5000, undefined)).toBe('full')
    gate.leave()
    await second
    expect(gate.tryEnter()).toBe(false)
    gate.leave()
    await third
    expect(order).toEqual(['second in', 'third in'])
    gate.leave()
    expect([gate.queued, gate.tryEnter()]).toEqual([0, true])
  })

  it('lets go who waited too long', async () => {
    const gate = new InFlightGate(1, 1)
    gate.tryEnter()
    expect(await gate.enter(20, undefined)).toBe('late')
    expect(gate.queued).toBe(0)
  })
})
