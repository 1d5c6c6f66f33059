import type {ControlEvent} from '../../control/contract/events.ts'
import type {Snapshot} from '../../control/contract/snapshot.ts'
import type {LogRecord} from '../../control/source.ts'
import type {SparseBuckets} from '../../shared/latency-buckets.ts'
import {Ring} from '../../shared/ring.ts'
import {type SafeText, safeText} from '../../shared/safe-text.ts'
import type {Connection, Data, LogRow, RequestRow, Rows, SafeSnapshot, ServerRow, TrendPoint} from './data.ts'
import {makeSafe} from './safe.ts'
import {Trend} from './trend.ts'

const keptRequests = 10_000
const keptLogs = 10_000
/** Requests from before the console came, as far as the runtime still has them; far below what it queues for a reader. */
const earlierEvents = 300

export interface StoreOptions {
  readonly label: string
  /** The terminal does not speak UTF-8. */
  readonly ascii: boolean
}

/**
 * What the console knows of a runtime: the last snapshot, the newest requests and log lines, rates. It lives outside
 * React; whoever draws is told that something changed and reads it. Raw strings end here: all that is kept is SafeText.
 */
export class DataStore implements Data {
  readonly label: SafeText
  connection: Connection = {state: 'connecting'}
  snapshot: SafeSnapshot | undefined
  servers: readonly ServerRow[] = []
  version = 0
  readonly #requests = new Ring<RequestRow>(keptRequests)
  readonly #logs = new Ring<LogRow>(keptLogs)
  readonly #trend = new Trend()
  readonly #ascii: boolean
  readonly #listeners = new Set<() => void>()
  /** The last event taken in, of the snapshot's instance. */
  #eventSeq = -1
  /** The newest event when this instance was met first. */
  #cameAt = 0
  #rowsSeen = 0
  #saidUnreadable = false

  constructor(options: StoreOptions) {
    this.#ascii = options.ascii
    this.label = safeText(options.label, {ascii: options.ascii})
  }

  get requests(): Rows<RequestRow> {
    return this.#requests
  }

  get logs(): Rows<LogRow> {
    return this.#logs
  }

  get trend(): readonly TrendPoint[] {
    return this.#trend.points
  }

  get recentLatency(): SparseBuckets {
    return this.#trend.recentLatency
  }

  /** Calls back after every change. @returns stops it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** As it is now, and it stays so: for a paused screen. */
  freeze(): Data {
    const requests = this.#requests.toArray()
    const logs = this.#logs.toArray()
    return {
      label: this.label,
      connection: this.connection,
      snapshot: this.snapshot,
      servers: this.servers,
      requests: {size: requests.length, at: index => requests[index]},
      logs: {size: logs.length, at: index => logs[index]},
      trend: [...this.trend],
      recentLatency: this.recentLatency,
      version: this.version,
    }
  }

  connected(): void {
    if (this.connection.state !== 'live') this.#change(() => (this.connection = {state: 'live'}))
  }

  /** The first loss is `since`; a later failure to reconnect tells a newer `why`. */
  disconnected(at: string, why: string): void {
    const ascii = this.#ascii
    const since = this.connection.state === 'stale' ? this.connection.since : safeText(at, {ascii})
    this.#change(() => (this.connection = {state: 'stale', since, why: safeText(why, {ascii})}))
  }

  applySnapshot(raw: Snapshot): void {
    this.#change(() => {
      const snapshot = makeSafe(raw, this.#ascii)
      if (this.snapshot?.instance !== snapshot.instance) {
        this.#eventSeq = -1
        this.#cameAt = raw.seq
      }
      this.snapshot = snapshot
      this.servers = snapshot.servers
      this.#trend.add(snapshot)
    })
  }

  /**
   * Where the event stream is to go on: after the last event seen, so that a short loss leaves no hole; at first a little
   * before now, for the requests that ended before the console came.
   */
  get resumeFrom(): number {
    return this.#eventSeq >= 0 ? this.#eventSeq : Math.max(0, (this.snapshot?.seq ?? 0) - earlierEvents)
  }

  /** Takes in one event, once; a server's state only when the snapshot is not newer. */
  applyEvent(event: ControlEvent): void {
    if (event.type === 'heartbeat' || event.type === 'resync') return
    const own = event.instance === this.snapshot?.instance
    if (own && event.seq <= this.#eventSeq) return
    if (own) this.#eventSeq = event.seq
    if (own && event.type === 'server' && event.seq <= (this.snapshot?.seq ?? -1)) return
    // The log files tell of these.
    if (own && event.type !== 'request' && event.seq <= this.#cameAt) return
    this.#change(() => {
      const safe = makeSafe(event, this.#ascii)
      if (safe.type === 'request') this.#requests.push({...safe, n: this.#rowsSeen++})
      else if (safe.type === 'log') this.#addLog(safe)
      else if (safe.type === 'server') this.#replaceServer(safe.server)
      else if (safe.type === 'lifecycle') this.#addLog(lifecycleLine(safe.at, safe.what, safe.message))
    })
  }

  /** Lines that were read from the files: those that are newer than the newest known one. */
  addOlderLogs(records: readonly LogRecord[]): void {
    const last = this.#logs.at(this.#logs.size - 1)
    const newer = last === undefined ? records : records.filter(record => record.at > last.at)
    if (newer.length === 0) return
    this.#change(() => {
      for (const record of newer) this.#addLog({...makeSafe(record, this.#ascii), kind: '' as SafeText})
    })
  }

  /** Said once, where the operator looks for the lines. */
  noteLogsUnreadable(at: string, why: string): void {
    if (this.#saidUnreadable) return
    this.#saidUnreadable = true
    const message = safeText(`the log files cannot be read, only new lines are shown: ${why}`, {ascii: this.#ascii})
    this.#change(() => this.#addLog({...consoleLine, at: safeText(at), level: safeText('WARN'), message}))
  }

  #addLog(line: Omit<LogRow, 'n'>): void {
    const {at, level, module, requestId, serverId, kind, message} = line
    this.#logs.push({at, level, module, requestId, serverId, kind, message, n: this.#rowsSeen++})
  }

  #replaceServer(server: ServerRow): void {
    const index = this.servers.findIndex(each => each.id === server.id)
    this.servers = index < 0 ? [...this.servers, server] : this.servers.with(index, server)
  }

  #change(mutate: () => void): void {
    mutate()
    this.version++
    for (const listener of this.#listeners) listener()
  }
}

const consoleLine = {
  module: safeText('only1mcp::tui'),
  requestId: null,
  serverId: null,
  kind: safeText('LogsUnreadable'),
} as const

function lifecycleLine(at: SafeText, what: SafeText, message: SafeText): Omit<LogRow, 'n'> {
  const module = safeText('only1mcp::lifecycle')
  return {at, level: safeText('INFO'), module, requestId: null, serverId: null, kind: what, message}
}
