import {diffGrids} from './diff.ts'
import type {Grid} from './grid.ts'

/** The part of a writable stream that the writer needs. */
export interface FrameOutput {
  write(text: string, written: (error?: Error | null) => void): unknown
}

/**
 * Sends screens to a terminal, only what changed. At most one screen is under way: while a slow terminal takes it, newer
 * ones replace each other and only the newest follows. So the queue is bounded and the terminal never lags behind.
 */
export class ScreenWriter {
  readonly #output: FrameOutput
  readonly #colours: boolean
  #shown: Grid | undefined
  #waiting: Grid | undefined
  #busy = false
  #paused = false

  constructor(output: FrameOutput, colours: boolean) {
    this.#output = output
    this.#colours = colours
  }

  paint(grid: Grid): void {
    if (this.#paused) return
    if (this.#busy) {
      this.#waiting = grid
      return
    }
    const text = diffGrids(this.#shown, grid, this.#colours)
    this.#shown = grid
    if (text === '') return
    this.#busy = true
    this.#output.write(text, () => {
      this.#busy = false
      const next = this.#waiting
      this.#waiting = undefined
      if (next !== undefined) this.paint(next)
    })
  }

  /** What the terminal shows is not known any more: the next screen is sent whole. */
  forget(): void {
    this.#shown = undefined
  }

  /** Nothing is written from here on: the terminal belongs to another. */
  pause(): void {
    this.#paused = true
    this.#waiting = undefined
  }

  resume(): void {
    this.#paused = false
    this.forget()
  }
}
