import {portListening} from '../../../src/diagnostics/checks/port-listening.ts'
import {healthy, known, missing, nothingRuns, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

export const portListeningCases: CheckCases = {
  check: portListening,
  passing: [
    {
      when: 'a connection is accepted',
      world: healthy,
      status: 'pass',
      subject: '127.0.0.1:8080',
      summary: '127.0.0.1:8080 accepts connections',
    },
  ],
  failing: [
    {
      when: 'a connection is refused',
      world: nothingRuns,
      status: 'fail',
      subject: '127.0.0.1:8080',
      summary: 'nothing listens on 127.0.0.1:8080 (ECONNREFUSED)',
      evidence: 'the address is the one of the configuration',
      remedy: '--port',
    },
    {
      when: 'an IPv6 address is refused',
      world: worldFrom(nothingRuns, {}, {server: {host: '::1', port: 9000, from: 'default'}}),
      status: 'fail',
      subject: '[::1]:9000',
      summary: 'nothing listens on [::1]:9000',
    },
    {
      when: 'nobody answers in time',
      world: worldFrom(healthy, {'tcp.dial': missing('timeout', 'no answer within 2s')}),
      status: 'timeout',
      summary: 'no answer within 2s',
    },
  ],
  between: [
    {
      when: 'the address is a guess, since the runtime could not be seen',
      world: worldFrom(nothingRuns, {}, {server: {host: '127.0.0.1', port: 8080, from: 'guess'}}),
      status: 'skip',
      summary: 'could not be seen',
    },
    {
      when: 'a guessed address answers',
      world: worldFrom(nothingRuns, {'tcp.dial': known({open: true, code: null, ms: 1})}),
      status: 'pass',
      summary: 'accepts connections',
    },
    {
      when: 'the port is 0 and nothing runs',
      world: worldFrom(nothingRuns, {'tcp.dial': missing('absent', 'the port is 0')}),
      status: 'skip',
      summary: 'the port is 0',
    },
  ],
}
