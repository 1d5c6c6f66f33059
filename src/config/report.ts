import {safeText} from '../shared/safe-text.ts'
import {codeFrame} from './code-frame.ts'
import {type Finding, type Problem, pathText, type Span} from './problem.ts'
import {secretSpans} from './secret-spans.ts'
import type {YamlSource} from './yaml-source.ts'

/** More than this nobody reads, and each has a frame. */
const maxProblems = 100

/** Gives findings their lines and frames: in the order of the file, each place and code once, secrets masked. */
export function report(findings: readonly Finding[], source: YamlSource, file: string, parsed: boolean): Problem[] {
  if (findings.length === 0) return []
  const masked = secretSpans(source, parsed)
  const place = ({start}: Span) => {
    const {line, col} = source.lines.linePos(Math.min(start, source.text.length))
    return {line: Math.max(1, line), column: Math.max(1, col)}
  }
  const seen = new Set<string>()
  const unique = findings.filter(({code, at, message}) => {
    const key = `${code} ${at.start} ${message}`
    return !seen.has(key) && seen.add(key)
  })
  const ordered = unique.sort((a, b) => rank(a) - rank(b) || a.at.start - b.at.start)
  const problems = ordered.slice(0, maxProblems).map((finding): Problem => {
    const {severity, code, message, path, at, suggestion, related} = finding
    return {
      severity,
      code,
      message: safeText(message, {max: 500}),
      file,
      ...place(at),
      path: pathText(path),
      suggestion: suggestion === undefined ? null : safeText(suggestion, {max: 500}),
      frame: codeFrame(source.text, at, masked),
      related: related
        ? [{message: related.message, ...place(related.at), frame: codeFrame(source.text, related.at, masked)}]
        : [],
    }
  })
  const rest = ordered.slice(maxProblems)
  if (rest.length > 0)
    problems.push({
      ...fileProblem(file, 'problems.more', `${rest.length} more problems are not shown`),
      severity: rest.some(({severity}) => severity === 'error') ? 'error' : 'warning',
    })
  return problems
}

/** A problem of the file as a whole. */
export function fileProblem(file: string, code: string, message: string, suggestion?: string, line = 1): Problem {
  return {
    severity: 'error',
    code,
    message: safeText(message, {max: 500}),
    file,
    line,
    column: 1,
    path: '',
    suggestion: suggestion === undefined ? null : safeText(suggestion, {max: 500}),
    frame: [],
    related: [],
  }
}

/** Errors come before warnings, so that a cut never hides one. */
function rank({severity}: Finding): number {
  return severity === 'error' ? 0 : 1
}

/** `file:line:col: error: message`, the frame, and what to do. */
export function problemLines(problem: Problem): string[] {
  const {severity, message, file, line, column, path, suggestion, frame, related} = problem
  const subject = path === '' || message.includes(path) ? '' : `${safeText(path, {max: 200})}: `
  const lines = [`${safeText(file)}:${line}:${column}: ${severity}: ${subject}${message}`, ...frame]
  for (const other of related)
    lines.push(`${safeText(file)}:${other.line}:${other.column}: ${other.message}`, ...other.frame)
  if (suggestion !== null) lines.push(`     = ${suggestion}`)
  return lines
}
