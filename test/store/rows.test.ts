import {describe, expect, it, vi} from 'vitest'
import {healthLine} from '../../src/store/health-history.ts'
import {requestColumns} from '../../src/store/request-columns.ts'
import {type RequestRow, requestLine} from '../../src/store/request-row.ts'
import {RowQueue} from '../../src/store/row-queue.ts'
import {RetentionClock} from '../../src/store/sqlite/retention-clock.ts'
import fc from '../helpers/properties.ts'

const text = fc.oneof(fc.string({unit: 'binary'}), fc.constantFrom('a\0b', '\ud800', '"\\\n\u2028', 'x'.repeat(5000)))
const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger())
const row: fc.Arbitrary<RequestRow> = fc.record({
  requestId: fc.constant('i-1'),
  instance: fc.constant('i'),
  timestamp: fc.constant('2026-11-22T10:00:00.000Z'),
  method: fc.option(text),
  target: text,
  serverId: fc.option(text),
  status: fc.integer(),
  outcome: fc.constantFrom('answered', 'error'),
  code: fc.option(anyNumber),
  durationMs: fc.double({noNaN: true, noDefaultInfinity: true, min: 0, max: 1e9}),
  requestBytes: fc.nat(),
  responseBytes: fc.nat(),
  principal: fc.option(text),
  traceId: fc.option(text),
  cache: fc.option(text),
  blame: fc.option(text),
  attempts: fc.nat(),
})

describe('a row on its way', () => {
  it('is one line of JSON with a value for each column, whatever a client sent', () => {
    fc.assert(
      fc.property(row, value => {
        const line = requestLine(value)
        expect(line).not.toContain('\n')
        expect(line).not.toContain('\0')
        const cells = JSON.parse(line)
        expect(cells).toHaveLength(requestColumns.length)
        for (const cell of cells) {
          if (typeof cell !== 'string') continue
          expect(cell.length).toBeLessThanOrEqual(1024)
          expect(cell).not.toMatch(/\0|\p{Surrogate}/u)
        }
        expect(cells[8] === null || Number.isSafeInteger(cells[8])).toBe(true)
      }),
    )
  })

  it('of the health history too', () => {
    fc.assert(
      fc.property(text, fc.option(anyNumber), (error, latencyMs) => {
        const line = healthLine({serverId: 'a', timestamp: 't', ok: true, status: error, latencyMs, error})
        expect(JSON.parse(line)).toHaveLength(6)
      }),
    )
  })
})

describe('a queue of rows', () => {
  it('sends 500 at once, or what is there each 150 ms', async () => {
    const sent: number[] = []
    const queue = new RowQueue({
      send: (_, rows, settled) => {
        sent.push(rows)
        settled(true)
      },
    })
    for (let n = 0; n < 1203; n++) queue.push(String(n))
    expect(sent).toEqual([500, 500])
    await vi.waitFor(() => expect(sent).toEqual([500, 500, 203]))
    expect([queue.written, queue.dropped, queue.waiting]).toEqual([1203, 0, 0])
  })

  it('holds 20,000 rows while nothing is taken, drops and counts the rest, and keeps the order', async () => {
    const taken: string[] = []
    const held: (() => void)[] = []
    const queue = new RowQueue({
      send: (lines, _, settled) => {
        taken.push(...lines.split('\n'))
        held.push(() => settled(true))
      },
    })
    for (let n = 0; n < 25_000; n++) queue.push(String(n))
    expect(queue.dropped).toBe(5000)
    expect(held).toHaveLength(4) // and no more under way
    for (let release = held.shift(); release !== undefined; release = held.shift()) release()
    await queue.close(1000)
    expect(taken).toEqual(Array.from({length: 20_000}, (_, n) => String(n)))
    expect(queue.written).toBe(20_000)
  })

  it('counts what a store gave up, and what did not end in time, as dropped', async () => {
    const queue = new RowQueue({send: (_, rows, settled) => rows === 500 && settled(false)})
    for (let n = 0; n < 510; n++) queue.push(String(n))
    await queue.close(30)
    queue.push('too late')
    expect([queue.written, queue.dropped, queue.waiting]).toEqual([0, 511, 0])
  })
})

describe('the clock of retention', () => {
  const hour = 3_600_000
  const start = 1_790_000_000_000
  const clockAt = (time: {wall: number; at: number}): RetentionClock =>
    new RetentionClock({now: () => time.at, wallMs: () => time.wall})

  it('does not follow a jump ahead until it has lasted for an hour', () => {
    const time = {wall: start, at: 0}
    const clock = clockAt(time)
    expect(clock.nowMs()).toBe(start)
    time.wall += 1000 * hour
    time.at += 1000
    expect(clock.nowMs()).toBe(start + 1000)
    time.wall += hour
    time.at += hour
    expect(clock.nowMs()).toBe(start + 1001 * hour)
  })

  it('forgets a jump that was taken back, and follows one backwards at once', () => {
    const time = {wall: start, at: 0}
    const clock = clockAt(time)
    for (let round = 0; round < 5; round++) {
      time.wall = start + time.at + 1000 * hour
      expect(clock.nowMs()).toBe(start + time.at)
      time.at += hour / 2
      time.wall = start + time.at
      expect(clock.nowMs()).toBe(start + time.at)
    }
    const back = {wall: start, at: 0}
    const second = clockAt(back)
    back.wall -= 5 * hour
    expect(second.nowMs()).toBe(start - 5 * hour)
    back.wall += 100
    back.at += 100
    expect(second.nowMs()).toBe(start - 5 * hour + 100)
  })
})
