/** What became of a question to the cache; the words of `cache=` in access.log. */
export type CacheWord = 'hit' | 'miss' | 'stale' | 'bypass'

interface MethodFigures {
  hits: number
  /** Not there, or no longer valid: a server was asked. */
  misses: number
  /** Not looked for: the answer would belong to one client alone. */
  bypassed: number
}

/** Counts for consoles and metrics, by method. */
export class CacheFigures {
  readonly methods = new Map<string, MethodFigures>()
  /** Requests that got the answer of a call that another one had made. */
  batched = 0
  invalidations = 0

  count(method: string, word: CacheWord): void {
    let figures = this.methods.get(method)
    if (figures === undefined) {
      figures = {hits: 0, misses: 0, bypassed: 0}
      this.methods.set(method, figures)
    }
    if (word === 'hit') figures.hits++
    else if (word === 'bypass') figures.bypassed++
    else figures.misses++
  }

  total(what: keyof MethodFigures): number {
    let sum = 0
    for (const figures of this.methods.values()) sum += figures[what]
    return sum
  }
}
