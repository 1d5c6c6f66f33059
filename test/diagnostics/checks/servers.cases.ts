import {serversBreakers} from '../../../src/diagnostics/checks/servers-breakers.ts'
import {serversCommand} from '../../../src/diagnostics/checks/servers-command.ts'
import {serversCredentials} from '../../../src/diagnostics/checks/servers-credentials.ts'
import {serversErrors} from '../../../src/diagnostics/checks/servers-errors.ts'
import {serversFirstByte} from '../../../src/diagnostics/checks/servers-first-byte.ts'
import {serversHandshake} from '../../../src/diagnostics/checks/servers-handshake.ts'
import {serversStdout} from '../../../src/diagnostics/checks/servers-stdout.ts'
import {toolsClashes} from '../../../src/diagnostics/checks/tools-clashes.ts'
import {toolsContext} from '../../../src/diagnostics/checks/tools-context.ts'
import {toolsNames} from '../../../src/diagnostics/checks/tools-names.ts'
import {toolsOffered} from '../../../src/diagnostics/checks/tools-offered.ts'
import {toolsSchema} from '../../../src/diagnostics/checks/tools-schema.ts'
import {httpServer, offered, outline, probe, stdioServer, tools} from '../whole-world.ts'
import {healthy, known, missing, nothingRuns, server, snapshot, startedAt, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

function probing(change: Parameters<typeof probe>[0]): World {
  return worldFrom(healthy, {'backend.probe': known(probe(change))})
}

function offering(...args: Parameters<typeof tools>): World {
  return worldFrom(healthy, {'backend.tools': known(tools(...args))})
}

/** Two servers of one prefix. */
function sharing(group: 'same' | 'other') {
  const first = stdioServer({prefix: 'tool', group: 'same'})
  return outline({servers: [first, httpServer({prefix: 'tool', group})]})
}

function telling(change: Parameters<typeof server>[0]): World {
  return worldFrom(healthy, {'control.snapshot': known({snapshot: snapshot([server(change)]), mismatch: null})})
}

const left = worldFrom(healthy, {'backend.probe': missing('absent', 'the runtime runs it')})
const unlisted = worldFrom(healthy, {'backend.tools': missing('absent', 'the runtime has not got them yet')})
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
      {
        when: 'the log knows since when, of a server that still counts as up',
        world: worldFrom(
          probing({
            ok: false,
            step: 'handshake',
            failure: {kind: 'CredentialsRejected', message: 'rejected', httpStatus: 401, evidence: null},
          }),
          {
            'logs.recent': known({
              folder: '/var/log/only1mcp',
              files: ['error.log'],
              errors: null,
              rejectedSince: {web: '2026-01-02T02:14:00.000Z'},
              windowMs: 900_000,
            }),
          },
          {outline: outline({servers: [httpServer()]})},
        ),
        status: 'fail',
        summary: 'web: credentials are rejected with 401, since 2026-01-02T02:14:00.000Z',
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
        summary: 'github: the handshake fails: it ended with status 1 (Error: GITHUB_TOKEN is not set)',
        evidence: 'stderr: Error: GITHUB_TOKEN is not set',
        remedy: 'set GITHUB_TOKEN in env of github',
      },
      {
        when: 'a program ends without a word',
        world: probing({
          ok: false,
          step: 'handshake',
          failure: {kind: 'BackendExited', message: 'it ended with status 3', httpStatus: null, evidence: null},
        }),
        status: 'fail',
        subject: 'github',
        summary: 'github: the handshake fails: it ended with status 3',
        remedy: 'run it by hand with the env of github to see what it says: github-mcp --stdio',
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
    passing: [
      {when: 'all are valid', world: healthy, status: 'pass', summary: 'schemas of 2 tools'},
      {
        when: 'a bad one is not offered',
        world: offering([offered({fault: 'it has no inputSchema', exposed: null, wanted: null, hidden: 'rule'})]),
        status: 'pass',
        summary: 'schemas of 0 tools',
      },
    ],
    failing: [
      {
        when: 'one is not',
        world: offering([offered(), offered({name: 'bad', fault: 'it has no inputSchema'})]),
        status: 'warn',
        subject: 'github',
        summary: 'github: a tool that clients may refuse: bad: it has no inputSchema',
        remedy: 'tools.deny',
      },
    ],
    between: [{when: 'nobody tells', world: unlisted, status: 'skip', summary: 'the tools of no server are known'}],
  },
  {
    check: toolsNames,
    passing: [{when: 'all differ', world: healthy, status: 'pass', summary: 'names of their own'}],
    failing: [
      {
        when: 'two are one but for case',
        world: offering([offered(), offered({name: 'Search'})]),
        status: 'warn',
        subject: 'github',
        summary: 'github: a name of two tools: Search',
        evidence: 'nothing but case',
        remedy: 'tools.rename',
      },
    ],
    between: [{when: 'nobody tells', world: unlisted, status: 'skip', summary: 'the tools of no server are known'}],
  },
  {
    check: toolsClashes,
    passing: [
      {when: 'all have their own', world: healthy, status: 'pass', summary: 'prefixes and names of their own'},
      {
        when: 'two with one prefix are replicas',
        world: worldFrom(healthy, {}, {outline: sharing('same')}),
        status: 'pass',
        summary: 'prefixes and names of their own',
      },
    ],
    failing: [
      {
        when: 'another server has the name',
        world: offering([offered({wanted: 'search', exposed: 'github__search', takenBy: 'web'})]),
        status: 'warn',
        subject: 'github',
        summary: 'github: the name of a tool is taken: search is that of web, so it is offered as github__search',
        remedy: 'servers[].prefix',
      },
      {
        when: 'no other name is left for it',
        world: offering([offered({exposed: null, takenBy: 'web', hidden: 'name'})]),
        status: 'warn',
        summary: 'so it is not offered',
      },
      {
        when: 'two groups have one prefix',
        world: worldFrom(healthy, {'backend.tools': known(tools([]))}, {outline: sharing('other')}),
        status: 'warn',
        subject: 'web',
        summary: 'web: the prefix tool, as github has',
        remedy: 'a prefix of its own',
      },
    ],
    between: [
      {
        when: 'there is no configuration',
        world: worldFrom(healthy, {}, {outline: null}),
        status: 'skip',
        summary: 'there is no valid configuration',
      },
    ],
  },
  {
    check: toolsOffered,
    passing: [{when: 'names are short', world: healthy, status: 'pass', summary: '2 tools have names'}],
    failing: [
      {
        when: 'one cannot be had',
        world: offering([offered({wanted: `github__${'x'.repeat(140)}`, exposed: null, hidden: 'name'})]),
        status: 'warn',
        subject: 'github',
        summary: 'github: a tool is left out, its name cannot be had: github__xxx',
        evidence: '148 characters with the prefix, 128 are allowed',
        remedy: 'tools.rename',
      },
      {
        when: 'one is longer than many clients take',
        world: offering([offered({exposed: 'y'.repeat(65)})]),
        status: 'warn',
        summary: 'the name of a tool has 65 characters; many clients take 64',
        remedy: 'shorter prefix',
      },
    ],
    between: [{when: 'nobody tells', world: unlisted, status: 'skip', summary: 'the tools of no server are known'}],
  },
  {
    check: toolsContext,
    passing: [
      {when: 'they are few', world: healthy, status: 'pass', summary: 'about 200 tokens'},
      {
        when: 'replicas offer the same ones, which clients see once',
        world: offering([offered({bytes: 80_000})], 'runtime'),
        status: 'pass',
        summary: 'about 20000 tokens',
      },
    ],
    failing: [
      {
        when: 'they are many',
        world: offering([offered({bytes: 400_000})]),
        status: 'warn',
        subject: 'github',
        summary: 'tools cost much context: about 200000 tokens',
        evidence: 'github: about 100000 tokens',
        remedy: 'tools.allow',
      },
    ],
    between: [{when: 'nobody tells', world: unlisted, status: 'skip', summary: 'the tools of no server are known'}],
  },
]
