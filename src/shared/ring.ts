/** The newest `capacity` items, oldest first when read. */
export class Ring<T> {
  readonly #items: (T | undefined)[]
  #next = 0
  #size = 0

  constructor(capacity: number) {
    this.#items = new Array<T | undefined>(capacity)
  }

  get size(): number {
    return this.#size
  }

  push(item: T): void {
    this.#items[this.#next] = item
    this.#next = (this.#next + 1) % this.#items.length
    if (this.#size < this.#items.length) this.#size++
  }

  /** The item at `index`, 0 the oldest. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.#size) return undefined
    return this.#items[(this.#next - this.#size + index + this.#items.length) % this.#items.length]
  }

  toArray(): T[] {
    const all: T[] = []
    for (let i = 0; i < this.#size; i++) all.push(this.at(i) as T)
    return all
  }
}
