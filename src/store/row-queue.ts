/** Where batches go. Every batch is settled once: written, or lost for good. */
export interface BatchSink {
  /** @param lines rows as JSON, one a line */
  send(lines: string, rows: number, settled: (written: boolean) => void): void
}

/** Rows that may wait: at 400 bytes each some 8 MiB. */
const maxWaiting = 20_000
const rowsABatch = 500
const batchAfterMs = 150
const batchesUnderWay = 4

/**
 * Rows on their way to a store, in batches of 500 or each 150 ms, never on the caller's time. While the store takes none
 * they wait; what finds no room is dropped and counted.
 */
export class RowQueue {
  readonly #sink: BatchSink
  #lines: string[] = []
  #underWayRows = 0
  #underWay = 0
  #timer: NodeJS.Timeout | undefined
  #written = 0
  #dropped = 0
  #closed = false
  #whenEmpty: (() => void) | undefined

  constructor(sink: BatchSink) {
    this.#sink = sink
  }

  get written(): number {
    return this.#written
  }

  get dropped(): number {
    return this.#dropped
  }

  /** Rows that are neither written nor dropped yet. */
  get waiting(): number {
    return this.#lines.length + this.#underWayRows
  }

  /** @param line one row as JSON, without a newline */
  push(line: string): void {
    if (this.#closed || this.#lines.length + this.#underWayRows >= maxWaiting) {
      this.#dropped++
      return
    }
    const waiting = this.#lines.push(line)
    if (waiting === rowsABatch) this.#send()
    else if (this.#timer === undefined) this.#arm()
  }

  /** Sends what waits, and resolves when all is settled or the time is over; what is left then counts as dropped. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true
    this.#send()
    if (this.waiting > 0) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>(resolve => {
        this.#whenEmpty = resolve
        timer = setTimeout(resolve, deadlineMs)
      })
      clearTimeout(timer)
    }
    clearTimeout(this.#timer)
    this.#dropped += this.waiting
    this.#lines = []
    this.#underWayRows = 0
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#send()
    }, batchAfterMs)
    this.#timer.unref()
  }

  #send(): void {
    while (this.#lines.length > 0 && this.#underWay < batchesUnderWay) {
      const batch = this.#lines.length <= rowsABatch ? this.#lines : this.#lines.slice(0, rowsABatch)
      this.#lines = batch === this.#lines ? [] : this.#lines.slice(rowsABatch)
      const rows = batch.length
      this.#underWay++
      this.#underWayRows += rows
      this.#sink.send(batch.join('\n'), rows, written => this.#settled(rows, written))
    }
  }

  #settled(rows: number, written: boolean): void {
    if (this.#closed && this.#underWayRows === 0) return // counted as dropped when the time was over
    this.#underWay--
    this.#underWayRows -= rows
    if (written) this.#written += rows
    else this.#dropped += rows
    if (this.#closed || this.#lines.length >= rowsABatch) this.#send()
    else if (this.#lines.length > 0 && this.#timer === undefined) this.#arm()
    if (this.waiting === 0) this.#whenEmpty?.()
  }
}
