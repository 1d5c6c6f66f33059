import type {Glyphs} from './glyphs.ts'

/**
 * The newest `width` values as one line of bars; zero is the lowest level, the highest value the highest one. What is
 * not there yet is blank on the left.
 */
export function sparkline(values: readonly number[], width: number, glyphs: Glyphs): string {
  const shown = values.slice(-Math.max(0, width))
  const top = Math.max(...shown, 0)
  const last = glyphs.levels.length - 1
  const bars = shown.map(value => {
    const level = top === 0 || value <= 0 ? 0 : Math.max(1, Math.round((value / top) * last))
    return glyphs.levels[level] ?? ''
  })
  return ' '.repeat(Math.max(0, width - shown.length)) + bars.join('')
}
