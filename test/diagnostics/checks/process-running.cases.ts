import {processRunning} from '../../../src/diagnostics/checks/process-running.ts'
import {errorLine, healthy, known, missing, nothingRuns, record, seen, sighting, snapshot, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const silent = missing('timeout', 'the control socket accepted, but did not answer within 2000 ms')
const refused = missing('absent', 'nothing answers on the control socket (ECONNREFUSED)')
const path = '/var/lib/only1mcp/runtime.json'

export const processRunningCases: CheckCases = {
  check: processRunning,
  passing: [
    {
      when: 'the recorded process lives and answers',
      world: healthy,
      status: 'pass',
      subject: '/var/lib/only1mcp',
      summary: 'the runtime (pid 4242, version 1.0.0) is running',
    },
    {
      when: 'the recorded process lives and its socket is for another user',
      world: worldFrom(healthy, {'control.snapshot': missing('denied', 'no permission')}),
      status: 'pass',
      summary: 'its control socket is not for this user',
    },
    {
      when: 'it answers from another pid namespace',
      world: worldFrom(healthy, {'runtime.record': known([sighting({process: {state: 'gone', pid: 4242}})])}),
      status: 'pass',
      summary: 'its process is not to be seen from here',
    },
  ],
  failing: [
    {
      when: 'there is no record',
      world: nothingRuns,
      status: 'fail',
      summary: 'no runtime is running',
      evidence: 'no runtime.json in /var/lib/only1mcp',
      remedy: 'only1mcp start',
    },
    {
      when: 'there is no state folder at all',
      world: worldFrom(nothingRuns, {'runtime.record': known([])}),
      status: 'fail',
      summary: 'no runtime is running',
    },
    {
      when: 'one serves on the port and has left no record here',
      world: worldFrom(healthy, {
        'runtime.record': nothingRuns.facts['runtime.record'],
        'control.snapshot': missing('absent', 'no runtime record names a control socket'),
      }),
      status: 'fail',
      summary: 'a runtime (pid 4242) serves on 127.0.0.1:8080, but there is no record of it in /var/lib/only1mcp',
      evidence: 'was removed while it ran',
      remedy: 'kill 4242',
    },
    {
      when: 'the last start failed',
      world: worldFrom(nothingRuns, {
        'logs.recent': known({
          folder: '/var/log/only1mcp',
          files: ['error.log'],
          errors: {
            count: 1,
            panics: 0,
            byKind: [],
            newest: [errorLine({kind: 'StartFailed', pairs: {error: 'cannot open the control socket'}})],
            atLeast: false,
          },
          rejectedSince: {},
          windowMs: 900_000,
        }),
      }),
      status: 'fail',
      summary: 'no runtime is running: the last start failed: cannot open the control socket',
      evidence: 'StartFailed at',
      remedy: 'mend that, then only1mcp start',
    },
    {
      when: 'the recorded pid is gone and its socket left over',
      world: worldFrom(nothingRuns, {
        'runtime.record': known([sighting({process: {state: 'gone', pid: 4242}})]),
        'control.snapshot': refused,
      }),
      status: 'fail',
      summary: 'it ended without removing its record, its pid 4242 is gone',
      evidence: '/var/lib/only1mcp/control.sock is left over',
    },
    {
      when: 'the recorded pid belongs to another program now',
      world: worldFrom(nothingRuns, {
        'runtime.record': known([sighting({process: seen({startTicks: 2000, program: 'vim', argv: ['vim', 'a']})})]),
        'control.snapshot': refused,
      }),
      status: 'fail',
      summary: 'its pid 4242 now belongs to another program, vim',
      evidence: 'command line of pid 4242: vim a',
    },
    {
      when: 'the recorded process is a zombie',
      world: worldFrom(nothingRuns, {
        'runtime.record': known([sighting({process: seen({processState: 'Z'})})]),
        'control.snapshot': refused,
      }),
      status: 'fail',
      summary: 'dead and not yet reaped',
    },
    {
      when: 'the process is stopped by a signal',
      world: worldFrom(healthy, {
        'runtime.record': known([sighting({process: seen({processState: 'T'})})]),
        'control.snapshot': silent,
      }),
      status: 'fail',
      summary: 'is alive but does not answer: it is stopped by a signal',
      remedy: 'kill -CONT 4242',
    },
    {
      when: 'the process is busy and silent',
      world: worldFrom(healthy, {
        'runtime.record': known([sighting({process: seen({processState: 'R'})})]),
        'control.snapshot': silent,
      }),
      status: 'fail',
      summary: 'is alive but does not answer',
      evidence: 'process state R (running)',
    },
    {
      when: 'the record is garbage and nothing answers',
      world: worldFrom(nothingRuns, {
        'runtime.record': known([
          sighting({read: {state: 'error', path, why: `${path} is not a regular file`}, process: null, socket: null}),
        ]),
      }),
      status: 'fail',
      summary: 'is not a regular file',
      remedy: `move ${path} aside`,
    },
    {
      when: 'looking for it hangs',
      world: worldFrom(nothingRuns, {'runtime.record': missing('timeout', 'runtime.record: no answer within 3s')}),
      status: 'timeout',
      summary: 'no answer within 3s',
    },
  ],
  between: [
    {
      when: 'the state folder is not for this user',
      world: worldFrom(nothingRuns, {
        'runtime.record': known([
          sighting({read: {state: 'denied', path, why: `no permission to read ${path}`}, process: null, socket: null}),
        ]),
      }),
      status: 'skip',
      summary: 'cannot tell whether a runtime is running: no permission',
      remedy: 'as root',
    },
    {
      when: 'the process list hides the recorded process',
      world: worldFrom(nothingRuns, {
        'runtime.record': known([sighting({process: {state: 'hidden', pid: 4242}})]),
        'control.snapshot': missing('denied', 'no permission to use the control socket'),
      }),
      status: 'skip',
      summary: 'this user may not see which',
    },
    {
      when: 'the record is garbage and a runtime answers all the same',
      world: worldFrom(healthy, {
        'runtime.record': known([sighting({read: {state: 'error', path, why: 'no record'}, process: null})]),
        'control.snapshot': known({snapshot: snapshot([]), mismatch: null}),
      }),
      status: 'warn',
      summary: 'a runtime (pid 4242) answers on /var/lib/only1mcp/control.sock, but its record cannot be used',
    },
    {
      when: 'a second runtime lives in another state folder',
      world: worldFrom(healthy, {
        'runtime.record': known([
          sighting(),
          sighting({
            stateDir: '/home/alice/state',
            read: {state: 'known', path, record: {...record, pid: 77, port: 9999}, ownerUid: 0},
            process: seen({pid: 77}),
          }),
        ]),
      }),
      status: 'info',
      subject: '/home/alice/state',
      summary: 'another runtime is running (pid 77, port 9999)',
    },
  ],
}
