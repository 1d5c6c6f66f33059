import {controlAnswers} from '../../../src/diagnostics/checks/control-answers.ts'
import {healthy, known, missing, nothingRuns, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

export const controlAnswersCases: CheckCases = {
  check: controlAnswers,
  passing: [{when: 'the contract is ours', world: healthy, status: 'pass', summary: 'contract 1.0, instance gw1'}],
  failing: [
    {
      when: 'the major version is another',
      world: worldFrom(healthy, {
        'control.snapshot': known({snapshot: null, mismatch: 'the runtime speaks control contract 2.0'}),
      }),
      status: 'fail',
      subject: '/var/lib/only1mcp/control.sock',
      summary: 'the runtime speaks another contract than this program',
      evidence: 'control contract 2.0',
      remedy: 'restart the runtime',
    },
    {
      when: 'the socket is silent',
      world: worldFrom(healthy, {'control.snapshot': missing('timeout', 'it did not answer within 2000 ms')}),
      status: 'timeout',
      summary: 'did not answer',
    },
  ],
  between: [
    {when: 'nothing runs', world: nothingRuns, status: 'skip', summary: 'no runtime record names a control socket'},
    {
      when: 'the socket is for another user',
      world: worldFrom(healthy, {'control.snapshot': missing('denied', 'no permission to use the control socket')}),
      status: 'skip',
      summary: 'no permission',
    },
  ],
}
