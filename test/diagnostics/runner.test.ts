import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {type Check, type CheckResult, pass} from '../../src/diagnostics/check.ts'
import type {Fact, FactKey, FactSource, KindOf} from '../../src/diagnostics/fact.ts'
import {type Collector, liveFacts} from '../../src/diagnostics/live-facts.ts'
import {inReadingOrder, runChecks} from '../../src/diagnostics/runner.ts'
import {factOf, healthy} from './world.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function check(id: string, key: FactKey, after: readonly string[] = [], run?: () => readonly CheckResult[]): Check {
  const says = (): readonly CheckResult[] => [pass('', `${id} is fine`)]
  return {
    id,
    category: 'network',
    severity: 'fail',
    title: id,
    docs: id,
    after,
    needs: () => [key],
    run: run ?? says,
  }
}

/** Facts of the healthy world, but for one key that never comes. */
function hangingAt(hanging: FactKey): FactSource & {readonly asked: string[]} {
  const asked: string[] = []
  const get = <Key extends FactKey>(key: Key): Promise<Fact<KindOf<Key>>> => {
    asked.push(key)
    if (key === hanging) return new Promise(() => {})
    return Promise.resolve(factOf(healthy, key) as Fact<KindOf<Key>>)
  }
  return {get, asked}
}

describe('runChecks', () => {
  test('a check whose facts never come is a timeout, and those after it do not wait for it', async () => {
    const facts = hangingAt('tcp.dial:a:1')
    const told: string[] = []
    const run = runChecks({
      checks: [check('late.check', 'tcp.dial:a:1'), check('next.check', 'logs.folder', ['late.check'])],
      context: healthy.context,
      facts,
      totalMs: 5000,
      onFinding: ({id, status}) => told.push(`${id} ${status}`),
    })
    await vi.advanceTimersByTimeAsync(1)
    expect(told).toEqual(['next.check pass'])
    expect(facts.asked).toEqual(['tcp.dial:a:1', 'logs.folder'])
    await vi.advanceTimersByTimeAsync(5000)
    expect((await run).map(({id, status, summary}) => [id, status, summary])).toEqual([
      ['late.check', 'timeout', 'not known within 5s'],
      ['next.check', 'pass', 'next.check is fine'],
    ])
  })

  test('a check that throws is an error that says so, and the others run', async () => {
    const broken = check('broken.check', 'logs.folder', [], () => {
      throw new Error('index out of range')
    })
    const checks = [broken, check('good.check', 'logs.folder')]
    const findings = await runChecks({checks, context: healthy.context, facts: hangingAt('tcp.dial'), totalMs: 1000})
    expect(findings.map(({status, summary}) => `${status}: ${summary}`)).toEqual([
      'error: the check itself broke: index out of range',
      'pass: good.check is fine',
    ])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a check with a deadline of its own', () => {
  test('is late by that, whatever the whole run has', async () => {
    const late = {...check('late.check', 'tcp.dial:a:1'), timeoutMs: 300}
    const run = runChecks({checks: [late], context: healthy.context, facts: hangingAt('tcp.dial:a:1'), totalMs: 9000})
    await vi.advanceTimersByTimeAsync(300)
    expect(await run).toMatchObject([{status: 'timeout', summary: 'not known within 300ms'}])
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('inReadingOrder', () => {
  test('puts each check behind those it comes after, and keeps the order otherwise', () => {
    const [a, b, c] = [check('a', 'logs.folder', ['c']), check('b', 'logs.folder'), check('c', 'logs.folder')]
    expect(inReadingOrder([a, b, c]).map(({id}) => id)).toEqual(['c', 'a', 'b'])
  })

  test('refuses checks that come after each other', () => {
    const circle = [check('a', 'logs.folder', ['b']), check('b', 'logs.folder', ['a'])]
    expect(() => inReadingOrder(circle)).toThrow('a > b > a')
  })
})

describe('liveFacts', () => {
  function source(collectors: readonly Collector[], signal = new AbortController().signal): FactSource {
    return liveFacts({collectors, host: 'here', signal})
  }

  test('collects a fact once, however often it is asked for', async () => {
    const collect = vi.fn(async () => ({state: 'known', value: '/logs'}) as const)
    const facts = source([{kind: 'logs.folder', timeoutMs: 1000, collect}])
    const [first, second] = await Promise.all([facts.get('logs.folder'), facts.get('logs.folder')])
    expect(first).toBe(second)
    expect(first).toMatchObject({key: 'logs.folder', host: 'here', state: 'known', value: '/logs'})
    expect(collect).toHaveBeenCalledTimes(1)
  })

  test('a collector that hangs is a timeout after its deadline, and is told to end', async () => {
    let ended = false
    const facts = source([
      {
        kind: 'tcp.dial',
        timeoutMs: 2000,
        collect: (_, {signal}) => {
          signal.addEventListener('abort', () => {
            ended = true
          })
          return new Promise(() => {})
        },
      },
    ])
    const fact = facts.get('tcp.dial:a:1')
    await vi.advanceTimersByTimeAsync(2000)
    expect(await fact).toMatchObject({state: 'timeout', why: 'tcp.dial:a:1: no answer within 2s'})
    expect(ended).toBe(true)
  })

  test('a collector that throws at once or later is an error with its words', async () => {
    const facts = source([
      {
        kind: 'logs.folder',
        timeoutMs: 1000,
        collect: () => {
          throw new Error('at once')
        },
      },
      {kind: 'logs.recent', timeoutMs: 1000, collect: () => Promise.reject(new Error('later'))},
    ])
    expect(await facts.get('logs.folder')).toMatchObject({state: 'error', why: 'logs.folder: at once'})
    expect(await facts.get('logs.recent:/x')).toMatchObject({state: 'error', why: 'logs.recent:/x: later'})
    expect(vi.getTimerCount()).toBe(0)
  })

  test('takes no more of a kind at once than it may, and does not count the wait as time', async () => {
    let atOnce = 0
    let most = 0
    const facts = source([
      {
        kind: 'net.dns',
        timeoutMs: 1000,
        atOnce: 2,
        collect: async () => {
          most = Math.max(most, ++atOnce)
          await new Promise(resolve => setTimeout(resolve, 900))
          atOnce--
          return {state: 'known', value: {addresses: [], code: null, ms: 900}}
        },
      },
    ])
    const all = Promise.all(Array.from({length: 10}, (_, i) => facts.get(`net.dns:h${i}`)))
    await vi.advanceTimersByTimeAsync(4500)
    expect((await all).map(({state}) => state)).toEqual(Array(10).fill('known'))
    expect(most).toBe(2)
  })

  test('what nobody collects is an error and not a wait', async () => {
    expect(await source([]).get('logs.folder')).toMatchObject({state: 'error', why: 'nothing collects logs.folder'})
  })
})
