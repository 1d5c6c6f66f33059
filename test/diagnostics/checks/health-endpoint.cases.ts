import {healthEndpoint} from '../../../src/diagnostics/checks/health-endpoint.ts'
import {healthy, known, missing, nothingRuns, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const answer = {status: 200, ours: true, reason: null, server: null, body: '', ms: 2}

export const healthEndpointCases: CheckCases = {
  check: healthEndpoint,
  passing: [
    {
      when: 'it answers 200',
      world: healthy,
      status: 'pass',
      subject: 'http://127.0.0.1:8080/health',
      summary: 'says 200',
    },
  ],
  failing: [
    {
      when: 'it answers 503',
      world: worldFrom(healthy, {'http.health': known({...answer, status: 503, reason: 'no backend is usable'})}),
      status: 'fail',
      summary: 'the health endpoint does not say 200 but 503: no backend is usable',
      remedy: 'only1mcp health status',
    },
    {
      when: 'nothing listens',
      world: nothingRuns,
      status: 'fail',
      summary: 'nothing answers',
      evidence: 'ECONNREFUSED',
    },
    {
      when: 'another web server answers',
      world: worldFrom(healthy, {
        'http.health': known({...answer, status: 404, ours: false, server: 'nginx', body: '<html>'}),
      }),
      status: 'fail',
      summary: 'something else than the runtime answers',
      evidence: 'HTTP 404 from nginx',
      remedy: 'port.owner',
    },
    {
      when: 'another web server says 200',
      world: worldFrom(healthy, {'http.health': known({...answer, ours: false, body: 'OK'})}),
      status: 'fail',
      summary: 'something else than the runtime answers',
      evidence: 'its body begins: OK',
    },
    {
      when: 'what answers is no web server',
      world: worldFrom(healthy, {'http.health': known({...answer, status: null, ours: false})}),
      status: 'fail',
      summary: 'something else than the runtime answers',
      evidence: 'the answer is no HTTP',
    },
    {
      when: 'no answer comes in time',
      world: worldFrom(healthy, {'http.health': missing('timeout', 'no answer within 2s')}),
      status: 'timeout',
      summary: 'no answer in time',
      evidence: 'no answer within 2s',
    },
  ],
  between: [
    {
      when: 'the address is a guess and nothing answers',
      world: worldFrom(nothingRuns, {}, {server: {host: '127.0.0.1', port: 8080, from: 'guess'}}),
      status: 'skip',
      summary: 'ECONNREFUSED',
    },
  ],
}
