import {safeText} from '../shared/safe-text.ts'
import {displayWidth} from './display-width.ts'
import type {Span} from './problem.ts'

const mask = '‹secret›'
const tabWidth = 4
/** Longer lines are cut around the place: with the gutter and the marks of the cuts it fits into 80 columns. */
const maxLine = 70

/**
 * The line of a place with a caret under it, and the line before it.
 *
 * @param masked places whose text is never shown, in order and apart from each other
 * @example codeFrame('server:\n  prot: 1\n', {start: 10, end: 14}, [])
 * // ['   1 | server:', '   2 |   prot: 1', '     |   ^^^^']
 */
export function codeFrame(text: string, place: Span, masked: readonly Span[]): string[] {
  // A place inside a mask is shown as the whole mask.
  const cover = masked.find(span => span.start < place.start && place.start < span.end)
  const at = cover ? {start: cover.start, end: Math.max(cover.end, place.end)} : place
  const line = lineAround(text, at.start)
  const number = lineNumber(text, line.start)
  const gutter = Math.max(4, String(number).length + 1)
  const frame: string[] = []
  if (line.start > 0) {
    const before = lineAround(text, line.start - 1)
    const shown = render(text, {start: before.start, end: Math.min(before.end, before.start + maxLine)}, masked)
    if (shown.trim() !== '') frame.push(`${String(number - 1).padStart(gutter)} | ${shown}`)
  }
  const from = at.start - line.start > maxLine * 0.75 ? at.start - maxLine / 2 : line.start
  const to = Math.min(line.end, from + maxLine)
  const head = from > line.start ? '…' : ''
  const prefix = head + render(text, {start: from, end: at.start}, masked, displayWidth(head))
  const target = render(
    text,
    {start: at.start, end: Math.min(Math.max(at.end, at.start), to)},
    masked,
    displayWidth(prefix),
  ).trimEnd()
  const shown = head + render(text, {start: from, end: to}, masked, displayWidth(head)) + (to < line.end ? '…' : '')
  frame.push(`${String(number).padStart(gutter)} | ${shown}`)
  frame.push(
    `${' '.repeat(gutter)} | ${' '.repeat(displayWidth(prefix))}${'^'.repeat(Math.max(1, displayWidth(target)))}`,
  )
  return frame.map(row => row.trimEnd())
}

function lineAround(text: string, offset: number): Span {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
  const next = text.indexOf('\n', offset)
  const end = next === -1 ? text.length : next
  return {start, end: end > start && text[end - 1] === '\r' ? end - 1 : end}
}

function lineNumber(text: string, offset: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line++
  return line
}

/** Text fit for a terminal: masks in the place of secrets, tabs as spaces up to the next stop. */
function render(text: string, {start, end}: Span, masked: readonly Span[], column = 0): string {
  let shown = ''
  let offset = start
  for (const span of masked) {
    if (span.end <= offset || span.start >= end) continue
    shown += plain(text.slice(offset, span.start), column + displayWidth(shown))
    shown += mask
    offset = Math.min(span.end, end)
  }
  return offset < end ? shown + plain(text.slice(offset, end), column + displayWidth(shown)) : shown
}

function plain(text: string, column: number): string {
  let shown = ''
  const parts = text.split('\t')
  for (const [index, part] of parts.entries()) {
    shown += safeText(part)
    if (index < parts.length - 1) shown += ' '.repeat(tabWidth - ((column + displayWidth(shown)) % tabWidth))
  }
  return shown
}
