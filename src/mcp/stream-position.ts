import type {SseEvent} from './sse-parser.ts'

const usualDelayMs = 1000
const longestDelayMs = 30_000

/** Where an event stream that broke off is taken up again, and when (MCP 2025-11-25, "Resumability and Redelivery"). */
export class StreamPosition {
  /** For `Last-Event-ID`; null while the backend has numbered no event. */
  lastEventId: string | null = null
  #delayMs = usualDelayMs

  /** How long the backend wants us to wait, or a second where it does not say. */
  get delayMs(): number {
    return this.#delayMs
  }

  note({id, retry}: SseEvent): void {
    if (id !== null) this.lastEventId = id === '' ? null : id
    if (retry !== null) this.#delayMs = Math.min(retry, longestDelayMs)
  }
}
