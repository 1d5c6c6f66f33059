import {safeText} from '../shared/safe-text.ts'
import {codeFrame} from './code-frame.ts'
import {fileProblem} from './file-problem.ts'
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
  const wrong = new Set(unique.flatMap(({severity, at}) => (severity === 'error' ? [at.start] : [])))
  // What is wrong there says more than how it might be read.
  const telling = unique.filter(({severity, at}) => severity === 'error' || !wrong.has(at.start))
  const ordered = telling.sort((a, b) => rank(a) - rank(b) || a.at.start - b.at.start)
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
      frame: at.end === 0 ? [] : codeFrame(source.text, at, masked),
      related: related
        ? [{message: related.message, ...place(related.at), frame: codeFrame(source.text, related.at, masked)}]
        : [],
    }
  })
  const rest = ordered.slice(maxProblems)
  if (rest.length > 0)
    problems.push({
      ...fileProblem(file, 'problems.more', 'there are more problems, which are not shown'),
      severity: rest.some(({severity}) => severity === 'error') ? 'error' : 'warning',
    })
  return problems
}

/** Errors come before warnings, so that a cut never hides one. */
function rank({severity}: Finding): number {
  return severity === 'error' ? 0 : 1
}
