/** Whole lines on their way to one write. */
export interface LineChunk {
  readonly bytes: Buffer
  /** Where the first line begins: in front of it stands a line end, for a file that ends in half a line. */
  used: number
  lines: number
}

const chunkBytes = 64 * 1024

/** Lines begin behind one line end that is written only where it is needed. */
export const firstLineAt = 1

/**
 * Lines as bytes in buffers that are used again and again. Kept as strings until their write, some thousand lines would
 * be carried into the old generation each second.
 */
export class LineChunks {
  #filling: LineChunk | undefined
  #full: LineChunk[] = []
  #spare: LineChunk | undefined
  #fullBytes = 0

  /** Bytes of full chunks that wait. */
  get fullBytes(): number {
    return this.#fullBytes
  }

  get hasFull(): boolean {
    return this.#full.length > 0
  }

  get isEmpty(): boolean {
    return this.#full.length === 0 && (this.#filling === undefined || this.#filling.lines === 0)
  }

  /** @returns whether a chunk became full */
  add(line: string): boolean {
    // A UTF-16 unit becomes three bytes at most.
    const most = line.length * 3
    let chunk = this.#filling
    let filled = false
    if (chunk === undefined || chunk.used + most > chunk.bytes.length) {
      filled = this.#putAway()
      chunk = this.#fresh(most)
      this.#filling = chunk
    }
    chunk.used += chunk.bytes.write(line, chunk.used)
    chunk.lines++
    return filled
  }

  /** The oldest lines; undefined when there are none. */
  take(): LineChunk | undefined {
    const full = this.#full.shift()
    if (full !== undefined) {
      this.#fullBytes -= full.used
      return full
    }
    const filling = this.#filling
    if (filling === undefined || filling.lines === 0) return undefined
    this.#filling = undefined
    return filling
  }

  /** What was taken and could not be written yet. */
  putBack(chunk: LineChunk): void {
    this.#full.unshift(chunk)
    this.#fullBytes += chunk.used
  }

  /** A chunk whose lines are written, or lost. */
  reuse(chunk: LineChunk): void {
    if (chunk.bytes.length === chunkBytes) this.#spare = chunk
  }

  #putAway(): boolean {
    const chunk = this.#filling
    if (chunk === undefined || chunk.lines === 0) return false
    this.#full.push(chunk)
    this.#fullBytes += chunk.used
    this.#filling = undefined
    return true
  }

  #fresh(most: number): LineChunk {
    const spare = this.#spare
    if (spare !== undefined && most + firstLineAt <= chunkBytes) {
      this.#spare = undefined
      spare.used = firstLineAt
      spare.lines = 0
      return spare
    }
    const bytes = Buffer.allocUnsafeSlow(Math.max(chunkBytes, most + firstLineAt))
    bytes[0] = 0x0a
    return {bytes, used: firstLineAt, lines: 0}
  }
}

/** How many lines a chunk has from there on. */
export function linesIn(chunk: LineChunk, from: number): number {
  let lines = 0
  for (let at = chunk.bytes.indexOf(0x0a, from); at !== -1 && at < chunk.used; at = chunk.bytes.indexOf(0x0a, at + 1))
    lines++
  return lines
}
