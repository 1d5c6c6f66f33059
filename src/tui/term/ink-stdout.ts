import {EventEmitter} from 'node:events'

/**
 * The stream that Ink writes to. With `debug: true` Ink writes each frame whole, in one call and without moving the
 * cursor: that frame goes to the compositor, and only its changed cells reach the terminal. It says that it is no TTY,
 * so Ink neither switches screens nor modes: the guard does.
 */
export class InkStdout extends EventEmitter {
  readonly isTTY = false
  readonly writable = true
  columns: number
  rows: number
  readonly #onFrame: (frame: string) => void

  constructor(columns: number, rows: number, onFrame: (frame: string) => void) {
    super()
    this.columns = columns
    this.rows = rows
    this.#onFrame = onFrame
  }

  /** Ink takes the new size with its next commit; there is no `resize` event, since Ink would answer it with a clear. */
  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
  }

  write(chunk: string, encodingOrDone?: unknown, done?: () => void): boolean {
    if (chunk !== '') this.#onFrame(chunk)
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done
    if (typeof callback === 'function') queueMicrotask(() => callback())
    return true
  }
}
