import {describe, expect, test, vi} from 'vitest'
import type {ControlEvent} from '../../../src/control/contract/events.ts'
import type {Snapshot} from '../../../src/control/contract/snapshot.ts'
import type {Source} from '../../../src/control/source.ts'
import {systemClock} from '../../../src/shared/clock.ts'
import {DemoWorld} from '../../../src/tui/store/demo-world.ts'
import {type FeedOptions, runFeed} from '../../../src/tui/store/feed.ts'
import {demoSource} from '../../../src/tui/store/source-demo.ts'
import {DataStore} from '../../../src/tui/store/store.ts'

const snapshot: Snapshot = new DemoWorld().snapshot()

/** A source whose snapshots and streams a test makes up. */
function madeUp(parts: Partial<Source>): Source {
  return {...demoSource({frozen: true}), label: 'made up', ...parts}
}

async function withFeed(
  source: Source,
  check: (store: DataStore) => Promise<void>,
  options: Partial<FeedOptions> = {},
): Promise<void> {
  const store = new DataStore({label: source.label, ascii: false})
  const end = new AbortController()
  const feed = runFeed({source, store, clock: systemClock, signal: end.signal, pollMs: 20, backoffMs: [10], ...options})
  try {
    await check(store)
  } finally {
    end.abort()
    await feed
  }
}

async function* until(signal: AbortSignal, events: readonly ControlEvent[] = []): AsyncGenerator<ControlEvent> {
  yield* events
  if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}))
}

describe('the feed', () => {
  test('reads counters again and again, and events as they come', async () => {
    let polls = 0
    const source = madeUp({
      snapshot: async () => ({...snapshot, requests: {...snapshot.requests, closed: ++polls}}),
      events: (_since, signal) =>
        until(signal, [
          {type: 'lifecycle', seq: 1, at: 'now', instance: snapshot.instance, what: 'ready', message: 'hello'},
        ]),
      logs: async () => [],
    })
    await withFeed(source, async store => {
      await vi.waitFor(() => expect(store.snapshot?.requests.closed).toBeGreaterThan(3))
      expect(store.logs.at(0)?.message).toBe('hello')
      expect(store.connection.state).toBe('live')
    })
  })

  test('keeps the last state when the runtime goes, says since when, and comes back by itself', async () => {
    let gone = false
    let stream = new AbortController()
    const source = madeUp({
      snapshot: async () => {
        if (gone) throw new Error('nothing answers')
        return snapshot
      },
      events: (_since, signal) => {
        stream = new AbortController()
        return until(AbortSignal.any([signal, stream.signal]))
      },
    })
    await withFeed(source, async store => {
      await vi.waitFor(() => expect(store.connection.state).toBe('live'))
      gone = true
      stream.abort()
      await vi.waitFor(() => expect(store.connection).toMatchObject({state: 'stale'}))
      expect(store.servers.length).toBe(snapshot.servers.length)
      gone = false
      await vi.waitFor(() => expect(store.connection.state).toBe('live'))
    })
  })

  test('takes a runtime that is silent for too long as gone', async () => {
    const source = madeUp({snapshot: async () => snapshot, events: (_since, signal) => until(signal)})
    await withFeed(
      source,
      async store => {
        await vi.waitFor(() =>
          expect(store.connection).toMatchObject({state: 'stale', why: 'the runtime has been silent for too long'}),
        )
      },
      {silentMs: 60, backoffMs: [10_000]},
    )
  })

  test('takes a new snapshot when events were lost', async () => {
    let snapshots = 0
    const source = madeUp({
      snapshot: async () => ({...snapshot, seq: ++snapshots}),
      events: (_since, signal) =>
        until(signal, [{type: 'resync', seq: 9, at: 'now', instance: snapshot.instance, why: 'too slow'}]),
    })
    await withFeed(
      source,
      async store => {
        await vi.waitFor(() => expect(store.snapshot?.seq).toBe(2))
        expect(store.connection.state).toBe('live')
      },
      {pollMs: 100_000},
    )
  })

  test('goes on with the stream where it stopped', async () => {
    const asked: number[] = []
    const source = madeUp({
      snapshot: async () => ({...snapshot, seq: 500}),
      events: async function* (since) {
        asked.push(since)
        yield {type: 'lifecycle', seq: 503, at: 'now', instance: snapshot.instance, what: 'x', message: 'y'}
      },
    })
    await withFeed(source, async () => {
      await vi.waitFor(() => expect(asked.slice(0, 2)).toEqual([200, 503]))
    })
  })

  test('says once in the log view when log files cannot be read', async () => {
    const source = madeUp({
      snapshot: async () => snapshot,
      events: (_since, signal) => until(signal),
      logs: async () => {
        throw new Error('no permission to read /var/log/only1mcp/error.log')
      },
    })
    await withFeed(source, async store => {
      await vi.waitFor(() => expect(store.logs.at(0)?.message).toContain('no permission to read'))
    })
  })
})
