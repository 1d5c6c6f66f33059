import type {ControlEvent, EventBody} from '../control/contract.ts'
import type {Clock} from '../shared/clock.ts'
import {Ring} from '../shared/ring.ts'

const kept = 2048

export type EventListener = (event: ControlEvent) => void

/** What happened, numbered: the newest events stay for readers that come later, and each is handed to who listens. */
export class EventLog {
  readonly instance: string
  readonly #clock: Clock
  readonly #ring = new Ring<ControlEvent>(kept)
  readonly #listeners = new Set<EventListener>()
  #seq = 0

  constructor(instance: string, clock: Clock) {
    this.instance = instance
    this.#clock = clock
  }

  get seq(): number {
    return this.#seq
  }

  emit(body: EventBody): void {
    const event = {...body, seq: ++this.#seq, at: this.now(), instance: this.instance} as ControlEvent
    this.#ring.push(event)
    for (const listener of this.#listeners) listener(event)
  }

  /** The events after `seq`, or undefined when some of them are no longer kept. */
  since(seq: number): ControlEvent[] | undefined {
    const oldest = this.#ring.at(0)?.seq ?? this.#seq + 1
    if (seq + 1 < oldest || seq > this.#seq) return undefined
    return this.#ring.toArray().filter(event => event.seq > seq)
  }

  /** @returns a function that stops listening */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  now(): string {
    return new Date(this.#clock.wallMs()).toISOString()
  }
}
