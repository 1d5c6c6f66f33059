/** What a call listens to for its end from outside; an AbortSignal is one too. */
export interface CancelSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: {once: boolean}): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** AbortController and its signal in one small object: every request needs one, and hardly any is ever aborted. */
export class CancelSource implements CancelSignal {
  aborted = false
  #listeners: (() => void)[] = []

  /** Tells each listener once; a second time does nothing. */
  abort(): void {
    if (this.aborted) return
    this.aborted = true
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener()
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.#listeners.includes(listener)) this.#listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.#listeners.indexOf(listener)
    if (at >= 0) this.#listeners.splice(at, 1)
  }
}
