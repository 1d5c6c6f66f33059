import {messageOf} from './errors.ts'
import {compressRotated, shiftRotated, tidyRotated} from './rotate-log.ts'

const rotateAgainMs = 10_000

export interface LogRotation {
  readonly maxBytes: number
  readonly maxAgeMs: number
  /** Rotated files that stay; 0 keeps none. */
  readonly keep: number
}

/** When a log file is rotated, and how: one rotation at a time, and none while a former one is being compressed. */
export class LogRotator {
  readonly #path: string
  #rotation: LogRotation | undefined
  readonly #onFault: (problem: string) => void
  #running = false
  #compressing: Promise<void> | undefined
  #notBefore = 0
  #cannot = false

  /** @param onFault a rotated file stays as it is, or none is made; told once until it works again */
  constructor(path: string, rotation: LogRotation | undefined, onFault: (problem: string) => void) {
    this.#path = path
    this.#onFault = onFault
    this.configure(rotation)
  }

  /** Other limits from now on; undefined where somebody else rotates. */
  configure(rotation: LogRotation | undefined): void {
    // What an earlier process left half done.
    if (rotation && !this.#rotation) this.#compress(tidyRotated(this.#path).then(() => compressRotated(this.#path)))
    this.#rotation = rotation
  }

  /** Its file is being renamed: nothing may be written to it, and no other be opened. */
  get running(): boolean {
    return this.#running
  }

  /** @param bornAt on the monotonic clock: a jump of the wall clock rotates nothing */
  isDue(sizeBytes: number, moreBytes: number, bornAt: number): boolean {
    const rotation = this.#rotation
    if (rotation === undefined || sizeBytes === 0 || this.#compressing !== undefined) return false
    const now = performance.now()
    if (now < this.#notBefore) return false
    return sizeBytes + moreBytes > rotation.maxBytes || now - bornAt > rotation.maxAgeMs
  }

  /** @param open goes on in a new file */
  async rotate(open: () => void): Promise<void> {
    this.#running = true
    try {
      await shiftRotated(this.#path, this.#rotation?.keep ?? 0)
      open()
      this.#compress(compressRotated(this.#path))
      this.#cannot = false
    } catch (error) {
      // Lines go on into the old file, whatever its name is now.
      this.#notBefore = performance.now() + rotateAgainMs
      if (!this.#cannot) this.#onFault(messageOf(error))
      this.#cannot = true
    }
    this.#running = false
  }

  /** One at a time, and no rotation meanwhile: it would rename what is being read. */
  #compress(work: Promise<void>): void {
    this.#compressing = work
      .catch((error: unknown) => this.#onFault(messageOf(error)))
      .then(() => {
        this.#compressing = undefined
      })
  }
}
