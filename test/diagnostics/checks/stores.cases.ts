import {logsLost} from '../../../src/diagnostics/checks/logs-lost.ts'
import {logsSize} from '../../../src/diagnostics/checks/logs-size.ts'
import {logsWritable} from '../../../src/diagnostics/checks/logs-writable.ts'
import {storeBreakers} from '../../../src/diagnostics/checks/store-breakers.ts'
import {storePostgres} from '../../../src/diagnostics/checks/store-postgres.ts'
import {storeRedis} from '../../../src/diagnostics/checks/store-redis.ts'
import {storeRequests} from '../../../src/diagnostics/checks/store-requests.ts'
import {storeWriting} from '../../../src/diagnostics/checks/store-writing.ts'
import {outline} from '../whole-world.ts'
import {healthy, known, missing, server, sighting, snapshot, type World, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const told = snapshot([server()])
const gib = 1024 ** 3
const damaged = known({
  path: '/x',
  bytes: 9000,
  faults: ['Tree 5 page 5: btreeInitPage() returns error code 11'],
  putAside: [],
})
const aside = known({path: '/x', bytes: 4096, faults: [], putAside: ['/x.corrupt-20260101T000000000Z']})
const absent = missing('absent', 'there is no database')
const plain = {outline: outline({redis: null, requestLog: null})}
const keptInPostgres = {
  when: 'requests are kept in PostgreSQL',
  world: worldFrom(healthy, {'store.integrity': absent}),
  status: 'skip' as const,
  summary: 'requests are kept in PostgreSQL',
}
const sizes = {
  folder: '/var/log/only1mcp',
  writable: true,
  owner: 'only1mcp',
  mode: 0o750,
  totalBytes: 1,
  largest: null,
}
const log = {
  backend: 'postgres' as const,
  written: 10,
  dropped: 0,
  spooled: 0,
  spooledTotal: 0,
  state: 'ok' as const,
  lastError: null,
}

function telling(change: Partial<typeof told>): World {
  return worldFrom(healthy, {'control.snapshot': known({snapshot: {...told, ...change}, mismatch: null})})
}

export const storesCases: readonly CheckCases[] = [
  ...[
    {check: storeRequests, name: 'the request log', elsewhere: [keptInPostgres]},
    {check: storeBreakers, name: 'the file of circuit breakers', elsewhere: []},
  ].map(
    ({check, name, elsewhere}): CheckCases => ({
      check,
      passing: [
        {when: 'it is sound', world: healthy, status: 'pass', summary: `${name} is sound`},
        {
          when: 'there is none',
          world: worldFrom(healthy, {'store.integrity': absent}, plain),
          status: 'info',
          summary: 'nothing was kept yet',
        },
        ...elsewhere,
      ],
      failing: [
        {
          when: 'a page is damaged',
          world: worldFrom(healthy, {'store.integrity': damaged}),
          status: 'fail',
          summary: `${name} is damaged: Tree 5 page 5`,
          remedy: 'restart the runtime',
        },
        {
          when: 'a damaged one lies beside it',
          world: worldFrom(healthy, {'store.integrity': aside}),
          status: 'warn',
          summary: 'was damaged: the runtime put it aside as /x.corrupt-20260101T000000000Z',
        },
      ],
    }),
  ),
  {
    check: storeRedis,
    passing: [
      {when: 'it does', world: healthy, status: 'pass', summary: 'Redis answers (1 ms)'},
      {when: 'there is none', world: worldFrom(healthy, {}, plain), status: 'skip', summary: 'no Redis'},
    ],
    failing: [
      {
        when: 'nobody listens',
        world: worldFrom(healthy, {'store.redis': missing('absent', '10.0.0.5:6379 cannot be reached (ECONNREFUSED)')}),
        status: 'fail',
        subject: '10.0.0.5:6379',
        summary: 'Redis does not answer: 10.0.0.5:6379 cannot be reached',
        remedy: 'redis-cli -h 10.0.0.5',
      },
      {
        when: 'it wants a password',
        world: worldFrom(healthy, {'store.redis': known({answer: '-NOAUTH Authentication required.', ms: 1})}),
        status: 'fail',
        summary: 'Redis does not answer a PING: NOAUTH Authentication required',
        remedy: 'put the password into its url',
      },
      {
        when: 'it has no such database',
        world: worldFrom(healthy, {'store.redis': known({answer: '-ERR DB index is out of range', ms: 0})}),
        status: 'fail',
        summary: 'DB index is out of range',
        remedy: 'correct the number of the database',
      },
      {
        when: 'it is a web server',
        world: worldFrom(healthy, {'store.redis': known({answer: 'HTTP/1.1 400 Bad Request', ms: 0})}),
        status: 'fail',
        summary: 'HTTP/1.1 400 Bad Request',
        remedy: 'a web server is there',
      },
      {
        when: 'it speaks no TLS',
        world: worldFrom(healthy, {
          'store.redis': missing('absent', '10.0.0.5:6379 cannot be reached (no SSL handshake within 2 s)'),
        }),
        status: 'fail',
        summary: 'no SSL handshake',
        remedy: 'write redis:// in its url',
      },
      {
        when: 'it is a replica',
        world: worldFrom(healthy, {'store.redis': known({answer: '+PONG', ms: 1, replica: true})}),
        status: 'warn',
        summary: 'is a replica: what is written there is refused',
        remedy: 'name its master',
      },
      {
        when: 'it is slow',
        world: worldFrom(healthy, {'store.redis': known({answer: '+PONG', ms: 90})}),
        status: 'warn',
        summary: 'Redis answers late',
      },
    ],
  },
  {
    check: storePostgres,
    passing: [
      {when: 'it has the table', world: healthy, status: 'pass', summary: 'has the request log'},
      {when: 'there is none', world: worldFrom(healthy, {}, plain), status: 'skip', summary: 'no request log'},
    ],
    failing: [
      {
        when: 'it does not let us in',
        world: worldFrom(healthy, {
          'store.postgres': missing(
            'error',
            'store.postgres: PostgreSQL cannot be read: password authentication failed',
          ),
        }),
        status: 'fail',
        summary: 'PostgreSQL cannot be read: password authentication failed',
        remedy: 'correct user and password in observability.request_log.postgres.url',
      },
      {
        when: 'the table is missing',
        world: worldFrom(healthy, {'store.postgres': known({rows: false, ms: 3})}),
        status: 'warn',
        summary: 'no table request_logs',
      },
    ],
  },
  {
    check: storeWriting,
    passing: [
      {when: 'none is kept', world: healthy, status: 'skip', summary: 'no request log is kept'},
      {when: 'all are', world: telling({requestLog: log}), status: 'pass', summary: '10 rows written'},
    ],
    failing: [
      {
        when: 'the database refuses',
        world: telling({requestLog: {...log, state: 'failing', dropped: 7, lastError: 'disk full'}}),
        status: 'fail',
        summary: 'rows of the request log are not kept: failing',
        evidence: 'disk full',
      },
      {
        when: 'some were lost',
        world: telling({requestLog: {...log, dropped: 7}}),
        status: 'warn',
        summary: '7 were lost',
      },
    ],
  },
  {
    check: logsWritable,
    passing: [
      {when: 'it can', world: healthy, status: 'pass', summary: 'can be written'},
      {
        when: 'it belongs to the user of the runtime',
        world: worldFrom(healthy, {'logs.sizes': known({...sizes, writable: false})}),
        status: 'pass',
        summary: 'as whom the runtime runs',
      },
      {
        when: 'there is none and nothing runs',
        world: worldFrom(healthy, {'logs.sizes': missing('absent', 'there is no log folder')}, {pid: null}),
        status: 'info',
        summary: 'the first start makes it',
      },
    ],
    failing: [
      {
        when: 'a runtime writes into nothing',
        world: worldFrom(healthy, {'logs.sizes': missing('absent', 'there is no log folder /var/log/only1mcp')}),
        status: 'fail',
        summary: 'the log folder cannot be written: there is no log folder',
        remedy: 'mkdir -p /var/log/only1mcp',
      },
    ],
    between: [
      {
        when: 'it belongs to another user, and so may a runtime that is not for this one to see',
        world: worldFrom(
          healthy,
          {
            'logs.sizes': known({...sizes, writable: false}),
            'process.details': missing('absent', 'no process'),
            'runtime.record': known([
              sighting({
                read: {state: 'denied', path: '/var/lib/only1mcp/runtime.json', why: 'no permission'},
                process: null,
              }),
            ]),
          },
          {pid: null},
        ),
        status: 'skip',
        summary: 'not for this user to see',
      },
    ],
  },
  {
    check: logsSize,
    passing: [{when: 'they are small', world: healthy, status: 'pass', summary: '1.0 MiB'}],
    failing: [
      {
        when: 'one file is huge',
        world: worldFrom(
          healthy,
          {'logs.sizes': known({...sizes, totalBytes: 9 * gib, largest: {name: 'access.log', bytes: 9 * gib}})},
          {outline: outline({logRotation: false})},
        ),
        status: 'warn',
        summary: 'the logs grow large: 9.0 GiB, the largest access.log',
        evidence: 'rotation.enabled is false',
      },
    ],
  },
  {
    check: logsLost,
    passing: [{when: 'none was', world: healthy, status: 'pass', summary: 'no log line was lost'}],
    failing: [
      {
        when: 'some were',
        world: telling({logging: {filter: 'info', configured: 'info', linesLost: 12}}),
        status: 'warn',
        summary: 'log lines were lost: 12 since the start',
        remedy: 'df -h',
      },
    ],
  },
]
