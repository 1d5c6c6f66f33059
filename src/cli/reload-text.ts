import {type Paint, problemLines} from '../config/problem-lines.ts'
import type {ReloadReport} from '../control/contract/reload.ts'
import {safeText} from '../shared/safe-text.ts'

export interface ReloadText {
  readonly result: readonly string[]
  readonly talk: readonly string[]
}

const kinds = [
  ['added', 'added'],
  ['removed', 'removed'],
  ['changed', 'changed (started anew)'],
  ['adjusted', 'changed (same process or connection)'],
  ['kept', 'unchanged'],
] as const

/** What came of a reload, for people. */
export function reloadText(report: ReloadReport, paint: Paint): ReloadText {
  const {ok, changed, generation, servers, needsRestart, problems, path, durationMs} = report
  const talk = problems.flatMap(problem =>
    problemLines(
      {
        ...problem,
        message: safeText(problem.message),
        suggestion: problem.suggestion === null ? null : safeText(problem.suggestion),
        frame: problem.frame.map(line => safeText(line)),
        related: problem.related.map(each => ({
          ...each,
          message: safeText(each.message),
          frame: each.frame.map(line => safeText(line)),
        })),
      },
      paint,
    ),
  )
  if (!ok) {
    const why = problems.length > 0 ? 'the configuration is not valid' : safeText(report.message)
    return {
      result: [],
      talk: [...talk, `not reloaded: ${why}; the one before stays in force (generation ${generation})`],
    }
  }
  if (!changed)
    return {result: [safeText(`nothing to reload: ${path} is in force already (generation ${generation})`)], talk}
  const lines = kinds.flatMap(([key, text]) =>
    servers[key].length === 0 ? [] : [`  ${text}: ${servers[key].map(id => safeText(id)).join(', ')}`],
  )
  const restart = needsRestart.map(place => `  needs a restart: ${safeText(place)}`)
  return {
    result: [safeText(`reloaded ${path} in ${durationMs} ms (generation ${generation})`), ...lines, ...restart],
    talk,
  }
}
