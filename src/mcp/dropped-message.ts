import {type MessageId, recoverId} from './message-id.ts'

/** A message that was over its limit and is gone. */
export interface DroppedMessage {
  /** How much of it came, in bytes. */
  readonly bytes: number
  /** Its first bytes, at most `keptBytes`. */
  readonly head: Buffer
  /** Its last bytes, at most `keptBytes`; empty when it was reported before it ended. */
  readonly tail: Buffer
  /** Its id, where head or tail hold it: which call has failed. */
  readonly id: MessageId | null
}

const keptBytes = 4096
/** Many servers write the id last: worth reading on for, but no further than so many times the limit. */
export const overflowFactor = 64

/** What is kept of a message while the rest of it streams away. */
export class DroppingMessage {
  readonly #head: Buffer
  #tail: Buffer
  #bytes = 0

  /** @param start all bytes that came so far */
  constructor(start: Buffer) {
    this.#head = Buffer.from(start.subarray(0, keptBytes))
    this.#tail = Buffer.alloc(0)
    this.add(start)
  }

  get bytes(): number {
    return this.#bytes
  }

  add(piece: Buffer): void {
    this.#bytes += piece.length
    const last = piece.subarray(-keptBytes)
    this.#tail = Buffer.concat([this.#tail.subarray(Math.max(0, this.#tail.length + last.length - keptBytes)), last])
  }

  /** The report before the end has come. */
  soFar(): DroppedMessage {
    const tail = Buffer.alloc(0)
    return {bytes: this.#bytes, head: this.#head, tail, id: recoverId(this.#head, tail)}
  }

  /** The report at the end of the message, or once it is given up. */
  final(): DroppedMessage {
    return {bytes: this.#bytes, head: this.#head, tail: this.#tail, id: recoverId(this.#head, this.#tail)}
  }
}
