import {safeText} from '../shared/safe-text.ts'
import type {Problem} from './problem.ts'

export type Paint = (style: 'red' | 'yellow' | 'cyan' | 'bold', text: string) => string

/** `file:line:col: error: message`, the frame, and what to do. */
export function problemLines(problem: Problem, paint: Paint = (_, text) => text): string[] {
  const {severity, message, line, column, frame, related, suggestion} = problem
  const file = safeText(problem.file)
  const colour = severity === 'error' ? 'red' : 'yellow'
  const carets = (rows: readonly string[]) => rows.map(row => (/^ +\| +\^+$/.test(row) ? paint(colour, row) : row))
  const lines = [
    `${file}:${line}:${column}: ${paint(colour, `${severity}:`)} ${subject(problem)}${message}`,
    ...carets(frame),
  ]
  for (const other of related)
    lines.push(`${file}:${other.line}:${other.column}: ${other.message}`, ...carets(other.frame))
  if (suggestion !== null) lines.push(`     = ${paint('cyan', suggestion)}`)
  return lines
}

/** The place, where the message does not name it itself. */
function subject({code, path, message}: Problem): string {
  const named = path === '' || /^(key|server)\./.test(code) || message.includes(path)
  return named ? '' : `${safeText(path, {max: 200})}: `
}
