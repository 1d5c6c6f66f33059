import type {Problem} from '../../../src/config/problem.ts'
import {configValid} from '../../../src/diagnostics/checks/config-valid.ts'
import {healthy, known, missing, nothingRuns, problem, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

function withProblems(base: World, ok: boolean, ...problems: Problem[]): World {
  const value = {path: '/etc/only1mcp/config.yaml', listen: null, servers: 2, variablesOf: 'shell'} as const
  return worldFrom(base, {'config.parsed': known({...value, ok, problems})})
}

export const configValidCases: CheckCases = {
  check: configValid,
  passing: [
    {
      when: 'there is no problem',
      world: healthy,
      status: 'pass',
      subject: '/etc/only1mcp/config.yaml',
      summary: 'the configuration is valid (1 server)',
    },
  ],
  failing: [
    {
      when: 'a key is unknown',
      world: withProblems(nothingRuns, false, problem({line: 3, column: 5, suggestion: 'did you mean port?'})),
      status: 'fail',
      summary: 'the configuration has errors: line 3: unknown key "prot" (did you mean port?)',
      evidence: '/etc/only1mcp/config.yaml:3:5: unknown key "prot" (did you mean port?)',
      remedy: 'only1mcp validate /etc/only1mcp/config.yaml',
    },
    {
      when: 'there are more errors than anybody reads',
      world: withProblems(nothingRuns, false, ...Array.from({length: 8}, (_, i) => problem({line: i + 1}))),
      status: 'fail',
      summary: ', and 7 more',
      evidence: 'and 3 more',
    },
    {
      when: 'a variable is not set and nothing runs that may have it',
      world: withProblems(nothingRuns, false, problem({code: 'variable.missing', message: 'TOKEN is not set'})),
      status: 'fail',
      summary: 'the configuration has errors',
      evidence: 'TOKEN is not set',
    },
    {
      when: 'there are warnings only',
      world: withProblems(healthy, true, problem({severity: 'warning', message: 'no transport'})),
      status: 'warn',
      summary: 'the configuration is valid, with 1 warning: line 1: no transport',
      evidence: 'no transport',
    },
  ],
  between: [
    {
      when: 'the runtime runs and has variables that this user may not see',
      world: withProblems(healthy, false, problem({code: 'variable.missing', message: 'TOKEN is not set'})),
      status: 'warn',
      summary: 'could not be judged',
    },
    {
      when: 'the file cannot be read',
      world: withProblems(nothingRuns, false, problem({code: 'file.unreadable', message: 'no'})),
      status: 'skip',
      summary: 'could not be read',
    },
    {
      when: 'there is no file',
      world: worldFrom(nothingRuns, {'config.parsed': missing('absent', 'there is no configuration file')}),
      status: 'skip',
      summary: 'there is no configuration file',
    },
  ],
}
