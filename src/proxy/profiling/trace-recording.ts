import type {ControlEvent, RequestEvent} from '../../control/contract/events.ts'
import {InspectorSession} from './inspector-session.ts'

/** An event of the Chrome trace format, which Perfetto opens. */
type TraceEvent = Readonly<Record<string, unknown>>

/** Garbage collections, turns of the event loop, name look-ups, files and the thread pool. */
const categories = [
  'v8',
  'node.environment',
  'node.perf',
  'node.dns.native',
  'node.fs.async',
  'node.threadpoolwork.async',
]
const cpuSamples = 'disabled-by-default-v8.cpu_profiler'

/** Half of what is kept: of a recording that goes on, the newest events. */
const generation = 100_000
const completeWithinMs = 2000

export interface TraceOptions {
  /** Stacks of the main thread as well. Not for long recordings: later ones lean on the first. */
  readonly cpuSamples: boolean
  /** Tells of each request that ends. @returns what stops it */
  readonly listen: (listener: (event: ControlEvent) => void) => () => void
}

/** What the runtime did over a time: the engine's events, and each request from its begin to its end. */
export class TraceRecording {
  readonly #session = new InspectorSession()
  readonly #forget: () => void
  readonly #complete: Promise<void>
  #older: TraceEvent[] = []
  #newer: TraceEvent[] = []
  #stopped = false

  constructor(options: TraceOptions) {
    let tellComplete = (): void => {}
    this.#complete = new Promise(resolve => {
      tellComplete = resolve
    })
    this.#session.on('NodeTracing.dataCollected', message => {
      for (const event of (message.params as {value: TraceEvent[]}).value) this.#add(event)
    })
    this.#session.on('NodeTracing.tracingComplete', () => tellComplete())
    const includedCategories = options.cpuSamples ? [...categories, cpuSamples] : categories
    this.#session.post('NodeTracing.start', {traceConfig: {includedCategories}})
    this.#forget = options.listen(event => {
      if (event.type === 'request') for (const each of requestSpan(event, nowUs())) this.#add(each)
    })
  }

  /** Ends it; what the engine still holds back is waited for, for a moment. A second time does nothing. */
  async stop(): Promise<void> {
    if (!this.#stopped) {
      this.#end()
      let timer: NodeJS.Timeout | undefined
      const tooLate = new Promise<void>(resolve => {
        timer = setTimeout(resolve, completeWithinMs)
      })
      await Promise.race([this.#complete, tooLate])
      clearTimeout(timer)
      this.#session.close()
    }
  }

  /** Ends it without waiting: for a process that ends. */
  stopNow(): void {
    if (!this.#stopped) this.#end()
  }

  /** The document in parts, so that who writes it can let others have their turn between two. */
  *document(): Generator<string> {
    const events = [...this.#older, ...this.#newer]
    yield '{"displayTimeUnit":"ms","traceEvents":['
    for (let at = 0; at < events.length; at += 500) {
      const part = events.slice(at, at + 500).map(event => JSON.stringify(event))
      yield `${at === 0 ? '' : ',\n'}${part.join(',\n')}`
    }
    yield ']}\n'
  }

  #end(): void {
    this.#stopped = true
    this.#forget()
    this.#session.post('NodeTracing.stop')
  }

  #add(event: TraceEvent): void {
    this.#newer.push(event)
    if (this.#newer.length < generation) return
    this.#older = this.#newer
    this.#newer = []
  }
}

/** The engine's events are on the monotonic clock. */
function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

function requestSpan(event: RequestEvent, endUs: number): TraceEvent[] {
  const {requestId, target, serverId, traceId, outcome, status} = event
  const common = {cat: 'request', name: target, id: requestId, pid: process.pid, tid: process.pid}
  const args = {requestId, serverId, traceId, outcome, status}
  return [
    {...common, ph: 'b', ts: endUs - Math.round(event.durationMs * 1000), args},
    {...common, ph: 'e', ts: endUs, args: {}},
  ]
}
