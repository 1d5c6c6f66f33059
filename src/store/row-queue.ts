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

interface Batch {
  readonly lines: string
  readonly rows: number
}

/**
 * Rows on their way to a store, in batches of 500 or each 150 ms, never on the caller's time. While the store takes none
 * they wait; what finds no room is dropped and counted.
 */
export class RowQueue {
  readonly #sink: BatchSink
  readonly #open = new OpenBatch()
  #ready: Batch[] = []
  #readyRows = 0
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
    return this.#open.rows + this.#readyRows + this.#underWayRows
  }

  /** @param line one row as JSON, without a newline */
  push(line: string): void {
    if (this.#closed || this.waiting >= maxWaiting) {
      this.#dropped++
      return
    }
    if (!this.#open.add(line)) {
      this.#seal()
      // Longer than a batch has room for: one by itself.
      if (!this.#open.add(line)) this.#makeReady({lines: line, rows: 1})
    }
    if (this.#open.rows >= rowsABatch) this.#seal()
    if (this.#readyRows > 0) this.#send()
    else if (this.#timer === undefined) this.#arm()
  }

  /** Sends what waits, and resolves when all is settled or the time is over; what is left then counts as dropped. */
  async close(deadlineMs: number): Promise<void> {
    this.#closed = true
    this.#flush()
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
    this.#ready = []
    this.#readyRows = 0
    this.#underWayRows = 0
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#flush()
    }, batchAfterMs)
    this.#timer.unref()
  }

  /** No more rows come into the batch that is being filled. */
  #seal(): void {
    if (this.#open.rows > 0) this.#makeReady(this.#open.take())
  }

  #makeReady(batch: Batch): void {
    this.#ready.push(batch)
    this.#readyRows += batch.rows
  }

  /** Sends what there is, also a batch that is not full. Only where one more may go: the rest fills up meanwhile. */
  #flush(): void {
    if (this.#underWay < batchesUnderWay) this.#seal()
    this.#send()
  }

  #send(): void {
    while (this.#underWay < batchesUnderWay) {
      const batch = this.#ready.shift()
      if (batch === undefined) return
      const {lines, rows} = batch
      this.#readyRows -= rows
      this.#underWay++
      this.#underWayRows += rows
      this.#sink.send(lines, rows, written => this.#settled(rows, written))
    }
  }

  #settled(rows: number, written: boolean): void {
    if (this.#closed && this.#underWayRows === 0) return // counted as dropped when the time was over
    this.#underWay--
    this.#underWayRows -= rows
    if (written) this.#written += rows
    else this.#dropped += rows
    if (this.#closed) this.#flush()
    else {
      this.#send()
      if (this.#open.rows > 0 && this.#timer === undefined) this.#arm()
    }
    if (this.waiting === 0) this.#whenEmpty?.()
  }
}

/** Room for some 500 usual rows. */
const batchBytes = 192 * 1024

/**
 * The batch that is being filled, as bytes: kept as strings until it is sent, rows outlive several collections of young
 * garbage, and each copies them.
 */
class OpenBatch {
  #bytes: Buffer | undefined
  #used = 0
  rows = 0

  /** @returns false where it does not fit */
  add(line: string): boolean {
    this.#bytes ??= Buffer.allocUnsafeSlow(batchBytes)
    // A character of a string takes three bytes at most.
    if (this.#used + line.length * 3 + 1 > batchBytes) return false
    if (this.#used > 0) this.#bytes[this.#used++] = 0x0a
    this.#used += this.#bytes.write(line, this.#used)
    this.rows++
    return true
  }

  take(): Batch {
    const batch = {lines: this.#bytes?.toString('utf8', 0, this.#used) ?? '', rows: this.rows}
    this.#used = 0
    this.rows = 0
    return batch
  }
}
