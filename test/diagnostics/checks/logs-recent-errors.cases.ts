import {logsRecentErrors} from '../../../src/diagnostics/checks/logs-recent-errors.ts'
import type {RecentErrors} from '../../../src/logs/recent-errors.ts'
import {errorLine, healthy, known, missing, nothingRuns, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

function withErrors(errors: RecentErrors | null): World {
  return worldFrom(healthy, {
    'logs.recent': known({folder: '/var/log/only1mcp', files: ['access.log'], errors, windowMs: 15 * 60_000}),
  })
}

const two: RecentErrors = {
  count: 2,
  panics: 0,
  byKind: [{kind: 'BackendTimeout', count: 2, newest: errorLine()}],
  newest: [errorLine()],
  atLeast: false,
}

export const logsRecentErrorsCases: CheckCases = {
  check: logsRecentErrors,
  passing: [
    {
      when: 'error.log holds nothing new',
      world: healthy,
      status: 'pass',
      subject: '/var/log/only1mcp',
      summary: 'no errors in the last 15m',
    },
    {when: 'there is no error.log yet', world: withErrors(null), status: 'pass', summary: 'no errors in the last 15m'},
    {when: 'there is no log folder and nothing ran', world: nothingRuns, status: 'pass', summary: 'nothing ran'},
  ],
  failing: [
    {
      when: 'there are errors',
      world: withErrors(two),
      status: 'warn',
      summary: '2 errors in the last 15m',
      evidence: 'BackendTimeout no answer request_id=gw1-7 server_id=github',
      remedy: '/var/log/only1mcp/error.log',
    },
    {
      when: 'the log is too long to be read back to the start of the window',
      world: withErrors({...two, atLeast: true}),
      status: 'warn',
      summary: 'at least 2 errors in the last 15m',
      evidence: '2 BackendTimeout',
    },
    {
      when: 'the runtime crashed',
      world: withErrors({...two, panics: 1}),
      status: 'fail',
      summary: '1 of them a crash (PANIC)',
    },
    {
      when: 'a runtime is running and its log folder is gone',
      world: worldFrom(healthy, {'logs.recent': missing('absent', 'there is no log folder /var/log/only1mcp')}),
      status: 'warn',
      summary: 'a runtime is running, but there is no log folder',
    },
    {
      when: 'the log is no file',
      world: worldFrom(healthy, {'logs.recent': missing('error', 'error.log is not a regular file')}),
      status: 'error',
      summary: 'not a regular file',
    },
  ],
  between: [
    {
      when: 'the folder is for another user',
      world: worldFrom(healthy, {'logs.recent': missing('denied', 'no permission to look into the log folder')}),
      status: 'skip',
      summary: 'no permission',
    },
  ],
}
