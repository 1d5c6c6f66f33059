/**
 * The beginning of a text as a string of its own, with an ellipsis where something is missing. A plain `slice` keeps the
 * whole text in memory for as long as the slice lives: a few bytes kept of each hostile request would keep megabytes.
 * @param max longest result in UTF-16 units
 */
export function shortText(text: string, max: number): string {
  return text.length > max ? Buffer.from(`${text.slice(0, max - 1)}…`).toString() : text
}
