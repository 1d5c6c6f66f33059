import {describe, expect, it} from 'vitest'
import type {ControlEvent} from '../../src/control/contract/events.ts'
import {EventLog} from '../../src/proxy/event-log.ts'

const clock = {now: () => 0, wallMs: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6)}
const kept = 2048

function logWith(count: number): EventLog {
  const log = new EventLog('5eed', clock)
  for (let i = 0; i < count; i++) log.emit({type: 'lifecycle', what: 'tick', message: String(i)})
  return log
}
const seqs = (events: readonly ControlEvent[] | undefined): number[] | undefined => events?.map(({seq}) => seq)

describe('the event log', () => {
  it('numbers events from 1, with time and instance', () => {
    const log = logWith(1)
    expect(log.seq).toBe(1)
    expect(log.since(0)).toEqual([
      {type: 'lifecycle', what: 'tick', message: '0', seq: 1, at: '2026-01-02T03:04:05.006Z', instance: '5eed'},
    ])
  })

  it.each<[number, number, number[] | undefined]>([
    [0, 0, []],
    [0, 1, undefined],
    [3, 0, [1, 2, 3]],
    [3, 2, [3]],
    [3, 3, []],
    [3, 4, undefined],
    [3, -1, undefined],
  ])('of %i events gives those after %i', (count, since, expected) => {
    expect(seqs(logWith(count).since(since))).toEqual(expected)
  })

  it('keeps the newest, and says so where older ones are asked for', () => {
    const log = logWith(kept + 10)
    expect(log.since(9)).toBeUndefined()
    expect(seqs(log.since(10))).toHaveLength(kept)
    expect(seqs(log.since(kept + 8))).toEqual([kept + 9, kept + 10])
  })

  it('hands each event to who listens, until they stop', () => {
    const log = logWith(0)
    const heard: number[] = []
    const stop = log.listen(({seq}) => heard.push(seq))
    log.emit({type: 'lifecycle', what: 'a', message: ''})
    stop()
    stop()
    log.emit({type: 'lifecycle', what: 'b', message: ''})
    expect(heard).toEqual([1])
  })
})
