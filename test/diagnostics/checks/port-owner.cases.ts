import {portOwner} from '../../../src/diagnostics/checks/port-owner.ts'
import type {Listener} from '../../../src/diagnostics/fact-values.ts'
import {healthy, known, missing, nothingRuns, sighting, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const foreign: Listener = {
  address: '0.0.0.0',
  port: 8080,
  user: 'alice',
  process: {pid: 812, program: 'python3', argv: ['python3', '-m', 'http.server', '8080']},
}
const owners = (...listeners: Listener[]) => known({listeners, unreadable: 3})

export const portOwnerCases: CheckCases = {
  check: portOwner,
  passing: [
    {when: 'the runtime holds it', world: healthy, status: 'pass', summary: 'held by the runtime (pid 4242)'},
    {
      when: 'the runtime holds it and another program the same port of every other address',
      world: worldFrom(healthy, {
        'port.owner': owners(foreign, {...foreign, address: '127.0.0.1', process: {pid: 4242, program: 'x', argv: []}}),
      }),
      status: 'pass',
      summary: 'held by the runtime (pid 4242)',
    },
    {
      when: 'the record is unusable, and the runtime tells its pid itself',
      world: worldFrom(healthy, {
        'runtime.record': known([sighting({read: {state: 'error', path: 'r', why: 'garbage'}, process: null})]),
      }),
      status: 'pass',
      summary: 'held by the runtime (pid 4242)',
    },
  ],
  failing: [
    {
      when: 'another program listens there',
      world: worldFrom(nothingRuns, {'port.owner': owners(foreign)}),
      status: 'fail',
      subject: '127.0.0.1:8080',
      summary: '127.0.0.1:8080 is held by another program: python3 (pid 812, user alice)',
      evidence: 'command line: python3 -m http.server 8080',
      remedy: 'only1mcp start --port 8081',
    },
    {
      when: 'another program listens there by IPv6, for IPv4 too',
      world: worldFrom(nothingRuns, {'port.owner': owners({...foreign, address: '::'})}),
      status: 'fail',
      summary: 'python3 (pid 812, user alice)',
    },
    {
      when: 'a program listens there that this user may not see, and no runtime is in sight',
      world: worldFrom(nothingRuns, {'port.owner': owners({...foreign, user: 'root', process: null})}),
      status: 'fail',
      summary: '127.0.0.1:8080 is held by another program, of user root',
      evidence: "sudo ss -ltnp 'sport = :8080'",
      remedy: 'only1mcp start --port 8081',
    },
  ],
  between: [
    {
      when: 'a runtime holds it that has left no record here',
      world: worldFrom(nothingRuns, {
        'port.owner': owners(foreign),
        'http.health': healthy.facts['http.health'],
      }),
      status: 'info',
      summary: 'held by a runtime that has left no record here',
    },
    {when: 'nobody listens there', world: nothingRuns, status: 'info', summary: 'no program holds 127.0.0.1:8080'},
    {
      when: 'nobody listens on an address that is a guess',
      world: worldFrom(nothingRuns, {}, {server: {host: '127.0.0.1', port: 8080, from: 'guess'}}),
      status: 'skip',
      summary: 'could not be seen',
    },
    {
      when: 'another program listens on another address only',
      world: worldFrom(nothingRuns, {'port.owner': owners({...foreign, address: '192.0.2.7'})}),
      status: 'info',
      summary: 'no program holds 127.0.0.1:8080',
    },
    {
      when: 'the owner is not for this user to see, and answers as a runtime does',
      world: worldFrom(nothingRuns, {
        'port.owner': owners({...foreign, user: 'root', process: null}),
        'http.health': healthy.facts['http.health'],
      }),
      status: 'skip',
      summary: 'held by a program of user root that this user may not see',
      evidence: 'root would see them',
      remedy: 'run this as root',
    },
    {
      when: 'it could not be seen which process the runtime is',
      world: worldFrom(nothingRuns, {
        'port.owner': owners(foreign),
        'runtime.record': known([sighting({read: {state: 'denied', path: 'r', why: 'no permission'}, process: null})]),
      }),
      status: 'skip',
      summary: 'whether that is the runtime could not be seen',
    },
    {
      when: 'there is no /proc',
      world: worldFrom(nothingRuns, {'port.owner': missing('error', 'ENOENT: /proc/net/tcp')}),
      status: 'error',
      summary: '/proc/net/tcp',
    },
  ],
}
