import type {Source} from '../../control/source.ts'
import type {Clock} from '../../shared/clock.ts'
import {errnoCode, messageOf} from '../../shared/errors.ts'
import {pause} from '../../shared/pause.ts'
import type {DataStore} from './store.ts'

export interface FeedOptions {
  readonly source: Source
  readonly store: DataStore
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How often counters are read. Default 1000. */
  readonly pollMs?: number
  /** Without an event for so long (they beat each second) the runtime counts as hung. Default 5000. */
  readonly silentMs?: number
  /** Waits between attempts to reconnect; the last one repeats. */
  readonly backoffMs?: readonly number[]
}

const defaultBackoffMs = [250, 500, 1000, 2000, 5000]
const firstLogLines = 500

/**
 * Keeps a store up to date: snapshots for counters, the event stream for what happens, again and again when the runtime
 * goes away. Ends when the signal says so; it never throws.
 */
export async function runFeed(options: FeedOptions): Promise<void> {
  const {source, store, clock, signal} = options
  const backoffMs = options.backoffMs ?? defaultBackoffMs
  let attempt = 0
  while (!signal.aborted) {
    try {
      await followOnce(options, () => (attempt = 0))
      store.disconnected(iso(clock), `${source.label} closed the connection`)
    } catch (error) {
      if (signal.aborted) return
      store.disconnected(iso(clock), whyLost(error))
    }
    await pause(backoffMs[Math.min(attempt++, backoffMs.length - 1)] ?? 1000, signal)
  }
}

/** One connection, from its snapshot to its end. */
async function followOnce(options: FeedOptions, onLive: () => void): Promise<void> {
  const {source, store, clock, signal} = options
  const connection = new AbortController()
  const abort = (): void => connection.abort(signal.reason)
  signal.addEventListener('abort', abort, {once: true})
  let lastEventAt = clock.now()
  let polling = false
  const poll = async (): Promise<void> => {
    if (clock.now() - lastEventAt > (options.silentMs ?? 5000)) {
      connection.abort(new Error('the runtime has been silent for too long'))
      return
    }
    if (polling) return
    polling = true
    try {
      store.applySnapshot(await source.snapshot(connection.signal))
    } catch (error) {
      connection.abort(error)
    } finally {
      polling = false
    }
  }
  let timer: NodeJS.Timeout | undefined
  try {
    store.applySnapshot(await source.snapshot(connection.signal))
    store.connected()
    onLive()
    // Logs are read beside the stream: a slow disk does not hold up what is live.
    void addLogs(options, connection.signal)
    timer = setInterval(() => void poll(), options.pollMs ?? 1000)
    for await (const event of source.events(store.resumeFrom, connection.signal)) {
      lastEventAt = clock.now()
      if (event.type === 'resync') {
        store.applySnapshot(await source.snapshot(connection.signal))
        void addLogs(options, connection.signal)
      } else store.applyEvent(event)
    }
    if (!signal.aborted) connection.signal.throwIfAborted()
  } catch (error) {
    throw connection.signal.aborted && connection.signal.reason instanceof Error ? connection.signal.reason : error
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', abort)
    connection.abort()
  }
}

/** Without readable log files the view fills from events alone. */
async function addLogs({source, store, clock}: FeedOptions, signal: AbortSignal): Promise<void> {
  try {
    store.addOlderLogs(await source.logs({limit: firstLogLines}, signal))
  } catch (error) {
    if (!signal.aborted) store.noteLogsUnreadable(iso(clock), messageOf(error))
  }
}

/** A connection that is cut says only `aborted`. */
function whyLost(error: unknown): string {
  return errnoCode(error) === 'ECONNRESET' ? 'the connection was cut' : messageOf(error)
}

function iso(clock: Clock): string {
  return new Date(clock.wallMs()).toISOString()
}
