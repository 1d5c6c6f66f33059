import {serversBreakers} from '../../../src/diagnostics/checks/servers-breakers.ts'
import {serversCommand} from '../../../src/diagnostics/checks/servers-command.ts'
import {serversCredentials} from '../../../src/diagnostics/checks/servers-credentials.ts'
import {serversErrors} from '../../../src/diagnostics/checks/servers-errors.ts'
import {serversFirstByte} from '../../../src/diagnostics/checks/servers-first-byte.ts'
import {serversHandshake} from '../../../src/diagnostics/checks/servers-handshake.ts'
import {serversStdout} from '../../../src/diagnostics/checks/servers-stdout.ts'
import {toolsContext} from '../../../src/diagnostics/checks/tools-context.ts'
import {toolsNames} from '../../../src/diagnostics/checks/tools-names.ts'
import {toolsSchema} from '../../../src/diagnostics/checks/tools-schema.ts'
import {httpServer, outline, probe} from '../whole-world.ts'
import {healthy, known, missing, nothingRuns, server, snapshot, startedAt, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

function probing(change: Parameters<typeof probe>[0]): World {
  return worldFrom(healthy, {'backend.probe': known(probe(change))})
}

function telling(change: Parameters<typeof server>[0]): World {
  return worldFrom(healthy, {'control.snapshot': known({snapshot: snapshot([server(change)]), mismatch: null})})
}

const left = worldFrom(healthy, {'backend.probe': missing('absent', 'the runtime runs it')})
const tool = {name: 'search', bytes: 100, fault: null}
const transitions = {closed: 0, open: 3, half_open: 2}

export const serversCases: readonly CheckCases[] = [
  {
    check: serversCommand,
    passing: [{when: 'it is there', world: healthy, status: 'pass', summary: 'programs of 1 servers can be run'}],
    failing: [
      {
        when: 'it is not on the PATH',
        world: worldFrom(healthy, {
          'backend.command': known({
            command: 'github-mcp',
            file: null,
            fault: 'there is no program github-mcp on the PATH',
            lacksBit: false,
          }),
        }),
        status: 'fail',
        subject: 'github',
        summary: 'github: the program cannot be run: there is no program github-mcp on the PATH',
        remedy: 'install it',
      },
      {
        when: 'it lacks the executable bit',
        world: worldFrom(healthy, {
          'backend.command': known({command: './a', file: '/a', fault: '/a is not executable', lacksBit: true}),
        }),
        status: 'fail',
        summary: 'not executable',
        remedy: 'chmod +x /a',
      },
    ],
  },
  {
    check: serversCredentials,
    passing: [{when: 'none is rejected', world: healthy, status: 'pass', summary: 'none of 2 servers'}],
    failing: [
      {
        when: 'a token is rejected',
        world: worldFrom(
          probing({
            ok: false,
            step: 'handshake',
            failure: {
              kind: 'CredentialsRejected',
              message: 'rejected',
              httpStatus: 401,
              evidence: 'HTTP 401: bad token',
            },
          }),
          {},
          {outline: outline({servers: [httpServer()]})},
        ),
        status: 'fail',
        subject: 'web',
        summary: 'web: credentials are rejected with 401',
        evidence: 'HTTP 401: bad token',
        remedy: 'only1mcp health check web',
      },
      {
        when: 'the runtime knows since when, and the token comes from a variable',
        world: worldFrom(
          probing({
            ok: false,
            step: 'handshake',
            failure: {kind: 'CredentialsRejected', message: 'rejected', httpStatus: 401, evidence: null},
          }),
          {
            'control.snapshot': known({
              snapshot: snapshot([
                server({
                  id: 'web',
                  status: 'restarting',
                  lastError: {at: startedAt, kind: 'CredentialsRejected', message: '401', blame: 'proxy'},
                }),
              ]),
              mismatch: null,
            }),
          },
          {outline: outline({servers: [httpServer({variables: ['GITHUB_TOKEN']})]})},
        ),
        status: 'fail',
        summary: `web: credentials are rejected with 401, since ${startedAt}`,
        remedy: 'set GITHUB_TOKEN anew',
      },
    ],
    between: [{when: 'nobody was asked', world: left, status: 'skip', summary: 'could be asked'}],
  },
  {
    check: serversHandshake,
    passing: [{when: 'all do', world: healthy, status: 'pass', summary: '2 servers did the handshake (80 ms at most)'}],
    failing: [
      {
        when: 'a program ends at once',
        world: probing({
          ok: false,
          step: 'handshake',
          failure: {kind: 'BackendExited', message: 'it ended with status 1', httpStatus: null, evidence: null},
          stderrTail: ['Error: GITHUB_TOKEN is not set'],
        }),
        status: 'fail',
        subject: 'github',
        summary: 'github: the handshake fails: it ended with status 1',
        evidence: 'stderr: Error: GITHUB_TOKEN is not set',
        remedy: 'run github-mcp by hand',
      },
      {
        when: 'a server is late',
        world: worldFrom(healthy, {'backend.probe': missing('timeout', 'no answer within 8s')}),
        status: 'timeout',
        summary: 'no answer within 8s',
      },
    ],
    between: [{when: 'all run already', world: left, status: 'skip', summary: 'could be asked'}],
  },
  {
    check: serversFirstByte,
    passing: [{when: 'all are quick', world: healthy, status: 'pass', summary: 'within 2s'}],
    failing: [
      {
        when: 'one is slow',
        world: probing({openMs: 6500}),
        status: 'warn',
        subject: 'github',
        summary: 'github: answers late: 6.5s',
        evidence: 'npx',
      },
    ],
  },
  {
    check: serversStdout,
    passing: [
      {when: 'all keep to messages', world: healthy, status: 'pass', summary: '1 servers write nothing but messages'},
    ],
    failing: [
      {
        when: 'one prints a banner',
        world: telling({stdoutGarbage: {lines: 3, last: 'Welcome!', at: startedAt}}),
        status: 'warn',
        subject: 'github',
        summary: 'github: lines on stdout are no messages: 3 so far',
        evidence: 'Welcome!',
        remedy: 'stderr',
      },
    ],
    between: [
      {when: 'nothing runs', world: nothingRuns, status: 'skip', summary: 'no runtime tells'},
      {
        when: 'no server is a program',
        world: telling({transport: 'http'}),
        status: 'skip',
        summary: 'no server writes',
      },
    ],
  },
  {
    check: serversErrors,
    passing: [
      {when: 'they succeed', world: healthy, status: 'pass', summary: 'seldom fail'},
      {when: 'few were made', world: telling({requests: 3, errors: 3}), status: 'pass', summary: 'seldom fail'},
    ],
    failing: [
      {
        when: 'most fail',
        world: telling({requests: 100, errors: 60}),
        status: 'fail',
        subject: 'github',
        summary: 'github: calls fail: 60 of 100',
      },
      {
        when: 'many fail',
        world: telling({
          requests: 100,
          errors: 40,
          lastError: {at: startedAt, kind: 'BackendTimeout', message: 'no answer', blame: 'backend-logic'},
        }),
        status: 'warn',
        subject: 'github',
        summary: 'github: calls fail: 40 of 100',
        evidence: 'BackendTimeout',
      },
    ],
    between: [{when: 'nothing runs', world: nothingRuns, status: 'skip', summary: 'no runtime tells'}],
  },
  {
    check: serversBreakers,
    passing: [
      {when: 'all are closed', world: healthy, status: 'pass', summary: 'every circuit breaker is closed'},
      {when: 'they were closed at the end', world: nothingRuns, status: 'pass', summary: 'was closed'},
    ],
    failing: [
      {
        when: 'one is open',
        world: telling({breaker: {state: 'open', failures: 5, retryAt: startedAt, transitions}}),
        status: 'fail',
        subject: 'github',
        summary: 'github: the circuit breaker is open',
        evidence: 'opened 3 times',
        remedy: 'only1mcp health check github',
      },
      {
        when: 'one was open when the runtime ended',
        world: worldFrom(nothingRuns, {
          'store.breakers': known([{serverId: 'github', state: 'open', failures: 9}]),
        }),
        status: 'warn',
        summary: 'github: the circuit breaker was open when the runtime ended',
      },
    ],
  },
  {
    check: toolsSchema,
    passing: [{when: 'all are valid', world: healthy, status: 'pass', summary: 'schemas of 2 tools'}],
    failing: [
      {
        when: 'one is not',
        world: probing({tools: [tool, {name: 'bad', bytes: 9, fault: 'it has no inputSchema'}]}),
        status: 'warn',
        subject: 'github',
        summary: 'github: a tool that clients may refuse: bad: it has no inputSchema',
        remedy: 'tools.deny',
      },
    ],
    between: [{when: 'nobody was asked', world: left, status: 'skip', summary: 'no server was asked'}],
  },
  {
    check: toolsNames,
    passing: [{when: 'all differ', world: healthy, status: 'pass', summary: 'names of their own'}],
    failing: [
      {
        when: 'two are one but for case',
        world: probing({tools: [tool, {...tool, name: 'Search'}]}),
        status: 'warn',
        subject: 'github',
        summary: 'github: a name of two tools: Search',
        evidence: 'nothing but case',
        remedy: 'tools.rename',
      },
    ],
  },
  {
    check: toolsContext,
    passing: [{when: 'they are few', world: healthy, status: 'pass', summary: 'about 200 tokens'}],
    failing: [
      {
        when: 'they are many',
        world: probing({toolBytes: 400_000}),
        status: 'warn',
        subject: 'github',
        summary: 'tools cost much context: about 200000 tokens',
        evidence: 'github: about 100000 tokens',
        remedy: 'tools.allow',
      },
    ],
  },
]
