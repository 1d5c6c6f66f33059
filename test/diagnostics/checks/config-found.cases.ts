import {configFound} from '../../../src/diagnostics/checks/config-found.ts'
import {healthy, known, missing, nothingRuns, problem, sighting, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

function withFault(base: World, code: string, message: string): World {
  const value = {path: '/etc/only1mcp/config.yaml', ok: false, listen: null, servers: 0, variablesOf: 'shell'} as const
  return worldFrom(base, {'config.parsed': known({...value, problems: [problem({code, message})]})})
}
const tried = missing('absent', 'looked for ./only1mcp.yaml, ./config.yaml')

export const configFoundCases: CheckCases = {
  check: configFound,
  passing: [
    {
      when: 'the running runtime uses one',
      world: healthy,
      status: 'pass',
      subject: '/etc/only1mcp/config.yaml',
      summary: 'configuration file /etc/only1mcp/config.yaml (the running runtime uses it)',
    },
    {when: 'one lies in a usual place', world: nothingRuns, status: 'pass', summary: '(a usual place)'},
  ],
  failing: [
    {
      when: 'there is none',
      world: worldFrom(nothingRuns, {'config.found': tried}, {configPath: null}),
      status: 'fail',
      subject: '',
      summary: 'configuration file not found: looked for ./only1mcp.yaml, ./config.yaml',
      remedy: 'only1mcp config generate > config.yaml',
    },
    {
      when: 'the one that was named is not there',
      world: worldFrom(nothingRuns, {'config.found': missing('absent', 'looked for /srv/gw.yaml')}, {configPath: null}),
      status: 'fail',
      subject: '/srv/gw.yaml',
      summary: 'configuration file not found',
    },
    {
      when: 'the runtime uses one that is gone',
      world: withFault(healthy, 'file.missing', 'there is no such file'),
      status: 'fail',
      subject: '/etc/only1mcp/config.yaml',
      summary: 'configuration file not found: /etc/only1mcp/config.yaml',
    },
    {
      when: 'nothing runs and the file is not for this user',
      world: withFault(nothingRuns, 'file.unreadable', 'uid 1000 may not read it'),
      status: 'fail',
      summary: 'configuration file cannot be read',
      evidence: 'uid 1000 may not read it',
    },
  ],
  between: [
    {
      when: 'the runtime is for another user and no file is found',
      world: worldFrom(nothingRuns, {
        'config.found': tried,
        'runtime.record': known([sighting({read: {state: 'denied', path: 'r', why: 'no permission'}, process: null})]),
      }),
      status: 'skip',
      summary: 'which configuration the runtime uses could not be seen',
    },
    {
      when: 'a runtime runs and its file is not for this user',
      world: withFault(healthy, 'file.unreadable', 'uid 1000 may not read it'),
      status: 'skip',
      summary: 'not for this user to read',
    },
  ],
}
