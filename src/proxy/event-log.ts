import type {ControlEvent, EventBody, RequestEvent} from '../control/contract/events.ts'
import type {Clock} from '../shared/clock.ts'

const kept = 2048

export type EventListener = (event: ControlEvent) => void

/** A request event as it is kept: numbers where its text can be made later. */
type KeptRequest = {-readonly [key in keyof Omit<RequestEvent, 'type' | 'at' | 'instance'>]: RequestEvent[key]} & {
  atMs: number
}

/**
 * What happened, numbered: the newest events stay for readers that come later, and each is handed to who listens.
 *
 * Requests are kept in places that are made once and filled anew, and become events only when somebody reads: 2048
 * fresh objects, each of which lives for half a second under load, were all carried into the old generation (245 MiB
 * resident under load with a stdio backend, 162 MiB this way).
 */
export class EventLog {
  readonly instance: string
  readonly #clock: Clock
  /** By `seq % kept`: an event, or null where the request at the same place of `#requests` is meant. */
  readonly #events: (ControlEvent | null)[] = []
  readonly #requests: KeptRequest[] = []
  readonly #listeners = new Set<EventListener>()
  #seq = 0
  #isoMs = Number.NaN
  #iso = ''

  constructor(instance: string, clock: Clock) {
    this.instance = instance
    this.#clock = clock
  }

  get seq(): number {
    return this.#seq
  }

  emit(body: Exclude<EventBody, {type: 'request'}>): void {
    const event = {...body, seq: ++this.#seq, at: this.now(), instance: this.instance} as ControlEvent
    this.#events[this.#seq % kept] = event
    for (const listener of this.#listeners) listener(event)
  }

  emitRequest(request: Omit<RequestEvent, 'type' | 'seq' | 'at' | 'instance'>): void {
    const seq = ++this.#seq
    const place = seq % kept
    const slot = this.#requests[place]
    const atMs = this.#clock.wallMs()
    if (slot === undefined) this.#requests[place] = {...request, seq, atMs}
    else {
      Object.assign(slot, request)
      slot.seq = seq
      slot.atMs = atMs
    }
    this.#events[place] = null
    if (this.#listeners.size === 0) return
    const event = this.#at(seq)
    for (const listener of this.#listeners) listener(event)
  }

  /** The events after `seq`, or undefined when some of them are no longer kept. */
  since(seq: number): ControlEvent[] | undefined {
    const oldest = Math.max(1, this.#seq - kept + 1)
    if (seq + 1 < oldest || seq > this.#seq) return undefined
    return Array.from({length: this.#seq - seq}, (_, index) => this.#at(seq + 1 + index))
  }

  /** @returns a function that stops listening */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** ISO-8601 UTC; one text for all that happens in a millisecond. */
  now(): string {
    const ms = this.#clock.wallMs()
    if (ms !== this.#isoMs) {
      this.#isoMs = ms
      this.#iso = new Date(ms).toISOString()
    }
    return this.#iso
  }

  #at(seq: number): ControlEvent {
    const event = this.#events[seq % kept]
    if (event) return event
    const {atMs, ...request} = this.#requests[seq % kept] as KeptRequest
    return {type: 'request', ...request, at: new Date(atMs).toISOString(), instance: this.instance}
  }
}
