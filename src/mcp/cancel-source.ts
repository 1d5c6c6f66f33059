/** Who is told of an end from outside: an object, as a closure for each request costs more than what it does. */
export interface CancelListener {
  onCancel(): void
}

/** What a call listens to for its end from outside. */
export interface CancelSignal {
  readonly aborted: boolean
  listen(listener: CancelListener): void
  unlisten(listener: CancelListener): void
}

/** AbortController and its signal in one small object: every request needs one, and hardly any is ever aborted. */
export class CancelSource implements CancelSignal {
  aborted = false
  /** Nearly always the only one. */
  #listener: CancelListener | undefined
  #others: Set<CancelListener> | undefined

  /** Tells each listener once; a second time does nothing. */
  abort(): void {
    if (this.aborted) return
    this.aborted = true
    const first = this.#listener
    const others = this.#others
    this.#listener = undefined
    this.#others = undefined
    first?.onCancel()
    if (others) for (const listener of others) listener.onCancel()
  }

  listen(listener: CancelListener): void {
    if (this.#listener === undefined) this.#listener = listener
    else if (this.#listener !== listener) {
      this.#others ??= new Set()
      this.#others.add(listener)
    }
  }

  unlisten(listener: CancelListener): void {
    if (this.#listener === listener) this.#listener = undefined
    else this.#others?.delete(listener)
  }
}
