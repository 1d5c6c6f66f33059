import {describe, expect, test} from 'vitest'
import type {LogEvent, RequestEvent, ServerEvent} from '../../../src/control/contract/events.ts'
import type {Snapshot} from '../../../src/control/contract/snapshot.ts'
import {DemoWorld} from '../../../src/tui/store/demo-world.ts'
import {DataStore} from '../../../src/tui/store/store.ts'
import {hostileTexts} from '../hostile.ts'

const newStore = (): DataStore => new DataStore({label: 'test', ascii: false})
const baseSnapshot: Snapshot = {...new DemoWorld().snapshot(), seq: 10, instance: 'a'}
const [firstServer] = baseSnapshot.servers
if (firstServer === undefined) throw new Error('the demo has servers')

function requestAt(seq: number, target = `t${seq}`, instance = 'a'): RequestEvent {
  return {
    type: 'request',
    seq,
    at: '2026-03-02T12:00:00.000Z',
    instance,
    requestId: `a-${seq}`,
    client: '127.0.0.1',
    httpMethod: 'POST',
    target,
    status: 200,
    responseBytes: 1,
    durationMs: 2,
    serverId: 's',
    traceId: 'f',
    outcome: 'answered',
    code: null,
    blame: null,
    message: null,
  }
}

function serverAt(seq: number, status: 'up' | 'down'): ServerEvent {
  const server = {...(firstServer as NonNullable<typeof firstServer>), status}
  return {type: 'server', seq, at: '', instance: 'a', server}
}

function logAt(seq: number, at: string, message: string): LogEvent {
  return {
    type: 'log',
    seq,
    at,
    instance: 'a',
    level: 'WARN',
    module: 'm',
    requestId: null,
    serverId: null,
    kind: 'K',
    message,
  }
}

describe('the store', () => {
  test('takes an event once, even if a stream tells it again', () => {
    const store = newStore()
    store.applySnapshot(baseSnapshot)
    for (const seq of [11, 12, 12, 11, 13]) store.applyEvent(requestAt(seq))
    expect(store.requests.size).toBe(3)
    expect(store.resumeFrom).toBe(13)
  })

  test('lets a snapshot win over an older state of a server, and a newer event over the snapshot', () => {
    const store = newStore()
    store.applySnapshot(baseSnapshot)
    store.applyEvent(serverAt(9, 'down'))
    expect(store.servers[0]?.status).toBe('up')
    store.applyEvent(serverAt(11, 'down'))
    expect(store.servers[0]?.status).toBe('down')
  })

  test('keeps requests whose counters a later snapshot already holds', () => {
    const store = newStore()
    store.applySnapshot(baseSnapshot)
    store.applySnapshot({...baseSnapshot, seq: 20})
    store.applyEvent(requestAt(15))
    expect(store.requests.size).toBe(1)
  })

  test('starts to count anew with another instance, and keeps the rows', () => {
    const store = newStore()
    store.applySnapshot(baseSnapshot)
    store.applyEvent(requestAt(11))
    store.applySnapshot({...baseSnapshot, instance: 'b', seq: 2})
    expect(store.resumeFrom).toBe(0)
    store.applyEvent(requestAt(3, 't', 'b'))
    expect(store.requests.size).toBe(2)
  })

  test('takes the requests that ended before it came, and no log line twice', () => {
    const store = newStore()
    store.applySnapshot({...baseSnapshot, seq: 1000})
    expect(store.resumeFrom).toBe(700)
    store.applyEvent(requestAt(990))
    const line = {level: 'INFO', module: 'm', kind: 'K', message: 'x', requestId: null, serverId: null} as const
    store.applyEvent({type: 'log', seq: 995, at: 'now', instance: baseSnapshot.instance, ...line})
    expect([store.requests.size, store.logs.size]).toEqual([1, 0])
    store.applyEvent({type: 'log', seq: 1001, at: 'now', instance: baseSnapshot.instance, ...line})
    expect([store.resumeFrom, store.logs.size]).toEqual([1001, 1])
  })

  test('adds only those lines of the log files that are newer than what it has', () => {
    const store = newStore()
    store.applySnapshot(baseSnapshot)
    const record = (at: string) => ({
      at,
      level: 'INFO',
      module: 'm',
      requestId: null,
      serverId: null,
      message: `K ${at}`,
    })
    store.addOlderLogs([record('2026-01-01T00:00:01Z'), record('2026-01-01T00:00:02Z')])
    store.applyEvent(logAt(11, '2026-01-01T00:00:03Z', 'live'))
    store.addOlderLogs([record('2026-01-01T00:00:02Z'), record('2026-01-01T00:00:04Z')])
    expect([0, 1, 2, 3, 4].map(i => store.logs.at(i)?.at)).toEqual([
      '2026-01-01T00:00:01Z',
      '2026-01-01T00:00:02Z',
      '2026-01-01T00:00:03Z',
      '2026-01-01T00:00:04Z',
      undefined,
    ])
  })

  test('keeps the newest rows only, however many come', () => {
    const store = newStore()
    store.applySnapshot(baseSnapshot)
    for (let seq = 11; seq < 12_011; seq++) store.applyEvent(requestAt(seq))
    expect(store.requests.size).toBe(10_000)
    expect(store.requests.at(9999)?.target).toBe('t12010')
  })

  test('stays as it was where it is frozen', () => {
    const store = newStore()
    store.applySnapshot(baseSnapshot)
    store.applyEvent(requestAt(11))
    const frozen = store.freeze()
    store.applyEvent(requestAt(12))
    expect(frozen.requests.size).toBe(1)
    expect(store.requests.size).toBe(2)
  })

  test('remembers the first moment of a loss, until the runtime is back', () => {
    const store = newStore()
    store.disconnected('2026-01-01T00:00:01Z', 'gone')
    store.disconnected('2026-01-01T00:00:09Z', 'still gone')
    expect(store.connection).toEqual({state: 'stale', since: '2026-01-01T00:00:01Z', why: 'still gone'})
    store.connected()
    expect(store.connection).toEqual({state: 'live'})
  })

  test.each(hostileTexts)('keeps no character that a terminal would obey: %j', text => {
    const store = newStore()
    store.applySnapshot({
      ...baseSnapshot,
      version: text,
      servers: baseSnapshot.servers.map(server => ({
        ...server,
        id: text,
        target: text,
        stderrTail: [text],
        lastError: {at: text, kind: text, message: text, blame: 'transport'},
      })),
    })
    store.applyEvent({...requestAt(11, text), message: text, client: text, requestId: text})
    store.applyEvent(logAt(12, text, text))
    store.disconnected(text, text)
    const kept = JSON.stringify([
      store.snapshot,
      store.servers,
      store.requests.at(0),
      store.logs.at(0),
      store.connection,
    ])
    expect(JSON.parse(kept).flat()).toHaveLength(baseSnapshot.servers.length + 4)
    const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}|\\u/u
    expect(obeyed.exec(kept)).toBeNull()
  })
})
