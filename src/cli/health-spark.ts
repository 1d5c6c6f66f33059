import type {Glyphs} from '../tui/text/glyphs.ts'

/** What was seen of a server in one stretch of time, or at one look. */
export interface Look {
  /** undefined where nobody looked. */
  readonly ok: boolean | undefined
  /** Milliseconds, the longest of the stretch; null where nothing was measured. */
  readonly ms: number | null
}

/** One cell a look: how long it took against the longest, the sign of a failure, a blank where nothing is known. */
export function latencyBars(looks: readonly Look[], glyphs: Glyphs): string {
  // How long a failure took is its deadline, and would flatten all others.
  const longest = Math.max(0, ...looks.map(({ok, ms}) => (ok === true ? (ms ?? 0) : 0)))
  // The lowest level of the ASCII set is a blank: whoever answered at once has to be seen too.
  const lowest = glyphs.ascii ? 1 : 0
  const last = glyphs.levels.length - 1
  return looks
    .map(({ok, ms}) => {
      if (ok === false) return glyphs.down
      if (ms === null) return ' '
      const level = longest === 0 ? 0 : Math.round((ms / longest) * last)
      return glyphs.levels[Math.max(lowest, level)] ?? ' '
    })
    .join('')
}

/** One cell a look: fine, not, or unknown; the same on a screen without colours. */
export function upDownBars(looks: readonly Look[], glyphs: Glyphs): string {
  return looks.map(({ok}) => (ok === undefined ? glyphs.dot : ok ? (glyphs.ascii ? '=' : '━') : glyphs.down)).join('')
}
