import {processDescriptors} from '../../../src/diagnostics/checks/process-descriptors.ts'
import {processEventLoop} from '../../../src/diagnostics/checks/process-event-loop.ts'
import {processHeapGrowth} from '../../../src/diagnostics/checks/process-heap-growth.ts'
import {processMemory} from '../../../src/diagnostics/checks/process-memory.ts'
import {processOrphans} from '../../../src/diagnostics/checks/process-orphans.ts'
import {processRestarts} from '../../../src/diagnostics/checks/process-restarts.ts'
import {processSingle} from '../../../src/diagnostics/checks/process-single.ts'
import {processVersion} from '../../../src/diagnostics/checks/process-version.ts'
import {processZombies} from '../../../src/diagnostics/checks/process-zombies.ts'
import {details} from '../whole-world.ts'
import {healthy, known, missing, nothingRuns, server, snapshot, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const orphan = {pid: 900, startTicks: 5, program: 'node', argv: ['node', 'memory.mjs'], instance: 'gone1'}
const told = snapshot([server()])
const nothing = {when: 'nothing runs', world: nothingRuns, status: 'skip', summary: ''} as const

const one = {pid: 4242, configPath: '/etc/only1mcp/config.yaml', stateDir: '/var/lib/only1mcp'}

/** The least of each five minutes, in MiB. */
function heapOf(mib: (index: number) => number, windows = 12) {
  const heapLeast = Array.from({length: windows}, (_, i) => [i * 300_000, mib(i) * 1024 ** 2] as const)
  const {process} = told
  return worldFrom(healthy, {
    'control.snapshot': known({snapshot: {...told, process: {...process, heapLeast}}, mismatch: null}),
  })
}

export const processCases: readonly CheckCases[] = [
  {
    check: processVersion,
    passing: [{when: 'both are one', world: healthy, status: 'pass', summary: 'version 1.0.0'}],
    failing: [
      {
        when: 'the program was upgraded',
        world: worldFrom(healthy, {'install.self': known({version: '1.1.0', node: 'v24', launcher: null})}),
        status: 'warn',
        summary: 'the runtime is of another version: 1.0.0, this program is 1.1.0',
        remedy: 'restart it',
      },
      {
        when: 'its file was replaced',
        world: worldFrom(healthy, {'process.details': known(details({programReplaced: true}))}),
        status: 'warn',
        summary: 'its program files were replaced',
      },
    ],
    between: [nothing],
  },
  {
    check: processSingle,
    passing: [
      {when: 'one runs', world: healthy, status: 'pass', summary: 'no second runtime'},
      {
        when: 'another one has a configuration of its own, or may not be looked into',
        world: worldFrom(healthy, {'process.runtimes': known([one, {...one, pid: 5, configPath: null}])}),
        status: 'pass',
        summary: 'no second runtime',
      },
    ],
    failing: [
      {
        when: 'another one works on the same file',
        world: worldFrom(healthy, {'process.runtimes': known([one, {...one, pid: 5, stateDir: '/tmp/s'}])}),
        status: 'warn',
        subject: '/etc/only1mcp/config.yaml',
        summary: '2 runtimes work on the same configuration: pids 4242, 5',
        evidence: 'pid 5 keeps its state in /tmp/s',
        remedy: '4242 or 5',
      },
    ],
    between: [
      {
        when: 'no configuration is known',
        world: {...healthy, context: {...healthy.context, configPath: null}},
        status: 'skip',
        summary: 'not known',
      },
    ],
  },
  {
    check: processHeapGrowth,
    passing: [
      {
        when: 'it keeps its size',
        world: heapOf(i => 40 + (i % 3)),
        status: 'pass',
        summary: 'what the heap keeps changes by',
      },
      {when: 'it grew once and stays', world: heapOf(i => (i < 4 ? 40 : 120)), status: 'pass', summary: 'changes by'},
      {when: 'one burst lies in it', world: heapOf(i => (i === 11 ? 400 : 40)), status: 'pass', summary: 'changes by'},
      {when: 'it is young', world: heapOf(i => 40 + 20 * i, 5), status: 'info', summary: 'too young to say'},
    ],
    failing: [
      {
        when: 'it grows by two MiB every five minutes',
        world: heapOf(i => 40 + 2 * i, 24),
        status: 'warn',
        summary: 'the heap grows: 24.0 MiB an hour over 1h 55m',
        evidence: 'from 40.0 MiB to 86.0 MiB',
        remedy: 'profile heap',
      },
    ],
    between: [nothing],
  },
  {
    check: processRestarts,
    passing: [{when: 'it is a day old', world: healthy, status: 'pass', summary: 'up for 1d'}],
    failing: [
      {
        when: 'it is young and there was a panic',
        world: worldFrom(healthy, {
          'process.details': known(details({uptimeMs: 4000})),
          'logs.recent': known({
            folder: '/var/log/only1mcp',
            files: ['error.log'],
            errors: {count: 1, panics: 1, byKind: [], newest: [], atLeast: false},
            windowMs: 900_000,
          }),
        }),
        status: 'warn',
        summary: 'the runtime came back from a crash: up for 4s only',
      },
    ],
  },
  {
    check: processZombies,
    passing: [{when: 'all are reaped', world: healthy, status: 'pass', summary: 'no dead child'}],
    failing: [
      {
        when: 'one is not',
        world: worldFrom(healthy, {'process.details': known(details({zombies: [{pid: 77, program: 'npx'}]}))}),
        status: 'warn',
        summary: 'dead children are not reaped by the runtime: 1',
        evidence: 'pid 77 (npx)',
      },
    ],
  },
  {
    check: processOrphans,
    passing: [
      {when: 'there is none', world: healthy, status: 'pass', summary: 'no server process'},
      {
        when: 'a reaper watches over what is left',
        world: worldFrom(healthy, {
          'process.owned': known({processes: [orphan], watched: ['gone1'], unreadable: 0}),
        }),
        status: 'pass',
        summary: 'no server process',
      },
    ],
    failing: [
      {
        when: 'one is left',
        world: worldFrom(healthy, {'process.owned': known({processes: [orphan], watched: [], unreadable: 3})}),
        status: 'warn',
        subject: 'pid 900',
        summary: 'processes outlived their runtime: node (pid 900)',
        evidence: 'node memory.mjs',
        remedy: 'kill 900',
      },
    ],
  },
  {
    check: processEventLoop,
    passing: [{when: 'timers are on time', world: healthy, status: 'pass', summary: '1ms late'}],
    failing: [
      {
        when: 'it stands still',
        world: worldFrom(healthy, {
          'control.snapshot': known({
            snapshot: {...told, process: {...told.process, loopLagMs: 1500}},
            mismatch: null,
          }),
        }),
        status: 'fail',
        summary: 'the event loop is late: 1.5s',
        remedy: 'profile cpu',
      },
    ],
    between: [nothing],
  },
  {
    check: processMemory,
    passing: [{when: 'it is small', world: healthy, status: 'pass', summary: '120 MiB resident'}],
    failing: [
      {
        when: 'it is huge',
        world: worldFrom(healthy, {'process.details': known(details({rssBytes: 4 * 1024 ** 3}))}),
        status: 'fail',
        summary: 'the runtime takes much memory: 4.0 GiB resident',
        evidence: 'sessions',
        remedy: 'profile heap',
      },
    ],
    between: [
      {
        ...nothing,
        world: worldFrom(healthy, {'process.details': missing('absent', 'no runtime is running')}),
        summary: 'no runtime',
      },
    ],
  },
  {
    check: processDescriptors,
    passing: [
      {when: 'many are left', world: healthy, status: 'pass', summary: '40 of 65536'},
      {
        when: 'it is for root to count them',
        world: worldFrom(healthy, {'process.details': known(details({descriptors: null}))}),
        status: 'skip',
        summary: 'not for this user',
        remedy: 'root',
      },
    ],
    failing: [
      {
        when: 'nearly all are in use',
        world: worldFrom(healthy, {
          'process.details': known(details({descriptors: 1000, descriptorLimit: 1024})),
        }),
        status: 'fail',
        summary: 'file descriptors are running out: 1000 of 1024',
        remedy: 'LimitNOFILE=',
      },
    ],
  },
]
