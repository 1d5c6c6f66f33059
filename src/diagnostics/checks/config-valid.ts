import type {Problem} from '../../config/problem.ts'
import {asOwner, type Check, fail, notSeen, pass, skip, warn} from '../check.ts'
import {isLiving} from '../sighting.ts'
import {fileFault} from './config-found.ts'

const shown = 5

/** The configuration has no errors (the guide's "Config Validation"). */
export const configValid: Check<['config.parsed', 'runtime.record']> = {
  id: 'config.valid',
  category: 'config',
  severity: 'fail',
  title: 'the configuration is valid',
  docs: 'the-configuration-has-errors',
  after: ['config.found'],
  needs: ({configPath}) => [`config.parsed:${configPath ?? ''}`, 'runtime.record'],
  run([parsed, runtime]) {
    const causes = [{id: 'config.found'}]
    if (parsed.state !== 'known') return [notSeen(parsed, '', {causes})]
    const {path, problems, ok, servers, variablesOf} = parsed.value
    if (fileFault(problems)) return [skip(path, 'the configuration could not be read', {causes})]

    const errors = problems.filter(({severity}) => severity === 'error')
    const warnings = problems.filter(({severity}) => severity === 'warning')
    if (ok && warnings.length === 0) return [pass(path, `the configuration is valid (${counted(servers, 'server')})`)]
    if (ok) {
      return [
        warn(path, `the configuration is valid, with ${counted(warnings.length, 'warning')}: ${firstOf(warnings)}`, {
          evidence: linesOf(warnings),
          remedy: `only1mcp validate ${path}`,
        }),
      ]
    }
    const living = runtime.state === 'known' && runtime.value.some(isLiving)
    if (living && variablesOf === 'shell' && errors.every(({code}) => withoutValue.includes(code))) {
      return [
        warn(path, 'the configuration could not be judged: it needs variables that this shell does not have', {
          evidence: [...linesOf(errors), 'the running runtime may well have them; this user may not see'],
          remedy: asOwner,
        }),
      ]
    }
    return [
      fail(path, `the configuration has errors: ${firstOf(errors)}`, {
        evidence: linesOf(errors),
        remedy: `only1mcp validate ${path}`,
      }),
    ]
  },
}

/** The codes of a `${VAR}` without a value. */
const withoutValue: readonly string[] = ['variable.missing', 'variable.empty']

/** Where the first one is and what it says, and how many follow it. */
function firstOf(problems: readonly Problem[]): string {
  const [first] = problems
  if (first === undefined) return 'none'
  const more = problems.length === 1 ? '' : `, and ${problems.length - 1} more`
  return `line ${first.line}: ${first.message}${first.suggestion === null ? '' : ` (${first.suggestion})`}${more}`
}

function linesOf(problems: readonly Problem[]): string[] {
  const lines = problems
    .slice(0, shown)
    .map(
      ({file, line, column, message, suggestion}) =>
        `${file}:${line}:${column}: ${message}${suggestion === null ? '' : ` (${suggestion})`}`,
    )
  return problems.length > shown ? [...lines, `and ${problems.length - shown} more`] : lines
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
