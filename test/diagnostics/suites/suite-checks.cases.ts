import {accessRateLimits} from '../../../src/diagnostics/suites/checks/access-rate-limits.ts'
import {
  accessAnonymous,
  accessForeignHost,
  accessForeignOrigin,
} from '../../../src/diagnostics/suites/checks/access-refusals.ts'
import {authKeysHashed} from '../../../src/diagnostics/suites/checks/auth-keys-hashed.ts'
import {metricsExposed, profilingExposed} from '../../../src/diagnostics/suites/checks/listeners-exposed.ts'
import {logsPrivate} from '../../../src/diagnostics/suites/checks/logs-private.ts'
import {proxyEndpoint} from '../../../src/diagnostics/suites/checks/proxy-endpoint.ts'
import {serversReachable} from '../../../src/diagnostics/suites/checks/servers-reachable.ts'
import {stateBackups, stateRecovery} from '../../../src/diagnostics/suites/checks/state-artefacts.ts'
import {stateGenerations} from '../../../src/diagnostics/suites/checks/state-generations.ts'
import {stateRecord} from '../../../src/diagnostics/suites/checks/state-record.ts'
import {stateSessionKey} from '../../../src/diagnostics/suites/checks/state-session-key.ts'
import type {CheckCases} from '../checks/check-case.ts'
import {outline, probe, stdioServer} from '../whole-world.ts'
import {
  healthy,
  known,
  missing,
  nothingRuns,
  problem,
  record,
  server,
  sighting,
  snapshot,
  type World,
  worldFrom,
} from '../world.ts'
import {endpoint, kept, refusals, runtimeProbe} from './suite-values.ts'

const denied = missing('denied', 'no permission to look at it')
const absent = missing('absent', 'there is no such thing')
const parsed = {
  path: '/etc/only1mcp/config.yaml',
  ok: true,
  problems: [],
  listen: {host: '127.0.0.1', port: 8080},
  servers: 1,
  variablesOf: 'runtime' as const,
}
const failure = {
  kind: 'BackendTimeout',
  message: 'no answer',
  httpStatus: null,
  evidence: 'HTTP 200',
  blame: 'backend-logic' as const,
}

function reading(read: ReturnType<typeof sighting>['read']): World {
  return worldFrom(healthy, {'runtime.record': known([sighting({read, process: null})])})
}

function listening(
  change: Partial<ReturnType<typeof snapshot>['listen']>,
  more: Partial<ReturnType<typeof snapshot>> = {},
) {
  const told = snapshot([server()])
  return known({snapshot: {...told, ...more, listen: {...told.listen, ...change}}, mismatch: null})
}

const one = {outline: outline({servers: [stdioServer()]})}
const asked = (direct: World['facts']['backend.probe'], told: World['facts']['runtime.probe']): World =>
  worldFrom(healthy, {'backend.probe': direct, 'runtime.probe': told}, one)

export const suiteCases: readonly CheckCases[] = [
  {
    check: stateRecord,
    passing: [
      {when: 'it names a runtime', world: healthy, status: 'pass', summary: 'the record names pid 4242'},
      {when: 'there is none', world: nothingRuns, status: 'info', summary: 'no runtime has left a record'},
    ],
    failing: [
      {
        when: 'it is malformed',
        world: reading({state: 'error', path: '/s/runtime.json', why: 'it is not a runtime record of this version'}),
        status: 'fail',
        subject: '/s/runtime.json',
        summary: 'the record of the runtime cannot be used: it is not',
        remedy: 'mv /s/runtime.json',
      },
      {
        when: 'it was copied from another folder',
        world: reading({
          state: 'known',
          path: '/s/runtime.json',
          record: {...record, statePath: '/other'},
          ownerUid: 0,
        }),
        status: 'fail',
        summary: 'it is of another folder, /other',
      },
    ],
    between: [
      {
        when: 'it may not be read',
        world: reading({state: 'denied', path: '/s/runtime.json', why: 'no permission to read /s/runtime.json'}),
        status: 'skip',
        summary: 'no permission',
        remedy: 'as root',
      },
    ],
  },
  {
    check: stateSessionKey,
    passing: [
      {when: 'it is', world: healthy, status: 'pass', summary: 'has 32 bytes and is for only1mcp alone'},
      {
        when: 'there is none',
        world: worldFrom(healthy, {'state.session_key': absent}),
        status: 'info',
        summary: 'no session.key',
      },
    ],
    failing: [
      {
        when: 'others may read it',
        world: worldFrom(healthy, {'state.session_key': known(kept({mode: 0o644}))}),
        status: 'fail',
        summary: 'the key of sessions cannot be used: /var/lib/only1mcp/session.key has mode 0644',
        remedy: 'rm ',
      },
      {
        when: 'it is cut short',
        world: worldFrom(healthy, {'state.session_key': known(kept({bytes: 7}))}),
        status: 'fail',
        summary: 'has 7 bytes, not 32',
      },
      {
        when: 'it is a link',
        world: worldFrom(healthy, {'state.session_key': known(kept({kind: 'other'}))}),
        status: 'fail',
        summary: 'is no regular file',
      },
    ],
    between: [
      {
        when: 'it is hidden',
        world: worldFrom(healthy, {'state.session_key': denied}),
        status: 'skip',
        summary: 'no permission',
      },
    ],
  },
  {
    check: stateGenerations,
    passing: [
      {when: 'they are', world: healthy, status: 'pass', summary: '2 kept configurations are whole'},
      {
        when: 'there are none',
        world: worldFrom(healthy, {'state.generations': absent}),
        status: 'info',
        summary: 'was kept yet',
      },
    ],
    failing: [
      {
        when: 'one was changed',
        world: worldFrom(healthy, {
          'state.generations': known({
            folder: '/s/generations',
            whole: 1,
            broken: [{name: '2-aaaaaaaa', fault: 'another sha256'}],
          }),
        }),
        status: 'fail',
        subject: '/s/generations/2-aaaaaaaa',
        summary: 'a kept configuration is damaged: 2-aaaaaaaa: another sha256',
        remedy: 'only1mcp config history',
      },
    ],
    between: [
      {
        when: 'they are hidden',
        world: worldFrom(healthy, {'state.generations': denied}),
        status: 'skip',
        summary: 'no permission',
      },
    ],
  },
  ...[
    {check: stateRecovery, one: 'a recovery journal', many: 'recovery journals'},
    {check: stateBackups, one: 'a backup', many: 'backups'},
  ].map(
    ({check, one: each, many}): CheckCases => ({
      check,
      passing: [
        {when: 'all can be read', world: healthy, status: 'pass', summary: `${many}: 1 can be read (4.0 KiB)`},
        {
          when: 'there is no folder',
          world: worldFrom(healthy, {'state.artefacts': absent}),
          status: 'info',
          summary: 'none yet',
        },
        {
          when: 'it is empty',
          world: worldFrom(healthy, {'state.artefacts': known([])}),
          status: 'info',
          summary: 'none yet',
        },
      ],
      failing: [
        {
          when: 'one is cut short',
          world: worldFrom(healthy, {
            'state.artefacts': known([
              {name: '1.tar.gz', mode: 0o600, bytes: 9, fault: 'its gzip data is broken: unexpected end of file'},
            ]),
          }),
          status: 'fail',
          summary: `${each} cannot be relied on: 1.tar.gz: its gzip data is broken`,
          remedy: 'make another one',
        },
        {
          when: 'others may read one',
          world: worldFrom(healthy, {
            'state.artefacts': known([{name: '1', mode: 0o755, bytes: 9, fault: 'others may read it (mode 0755)'}]),
          }),
          status: 'fail',
          summary: 'others may read it',
          remedy: 'chmod -R go-rwx',
        },
      ],
      between: [
        {
          when: 'it is hidden',
          world: worldFrom(healthy, {'state.artefacts': denied}),
          status: 'skip',
          summary: 'no permission',
        },
      ],
    }),
  ),
  {
    check: serversReachable,
    passing: [
      {
        when: 'they answer both ways',
        world: asked(known(probe()), known(runtimeProbe())),
        status: 'pass',
        subject: 'github',
        summary: 'github: handshake in 80 ms, 1 tools; answers the runtime in 3 ms',
      },
      {
        when: 'the runtime alone may ask',
        world: asked(missing('absent', 'the runtime runs it'), known(runtimeProbe())),
        status: 'pass',
        summary: 'github: answers the runtime in 3 ms, 12 tools',
      },
      {
        when: 'there is no runtime',
        world: asked(known(probe()), missing('absent', 'no runtime is running')),
        status: 'pass',
        summary: 'github: handshake in 80 ms, 1 tools',
      },
    ],
    failing: [
      {
        when: 'one does not',
        world: asked(known(probe({ok: false, failure, openMs: 7000})), missing('absent', 'no runtime is running')),
        status: 'fail',
        subject: 'github',
        summary: 'github does not answer: no answer',
        evidence: 'BackendTimeout after 7000 ms, fault of: backend-logic',
        remedy: 'only1mcp doctor server github',
      },
      {
        when: 'it answers us, and not the runtime',
        world: asked(
          known(probe()),
          known(runtimeProbe({ok: false, error: 'the breaker is open', blame: 'transport'})),
        ),
        status: 'fail',
        summary: 'github does not answer the runtime: the breaker is open',
        evidence: 'fault of: transport',
      },
      {
        when: 'the look is late',
        world: asked(missing('timeout', 'no answer within 8s'), missing('absent', 'no runtime is running')),
        status: 'timeout',
        subject: 'github',
        summary: 'no answer within 8s',
      },
    ],
    between: [
      {
        when: 'it answers the runtime, and not us',
        world: asked(known(probe({ok: false, failure})), known(runtimeProbe())),
        status: 'warn',
        summary: 'github answers the runtime in 3 ms, and not us: no answer',
      },
      {
        when: 'nobody may ask it',
        world: asked(missing('absent', 'the runtime runs github'), denied),
        status: 'skip',
        summary: 'no permission',
      },
      {
        when: 'there is no configuration',
        world: worldFrom(healthy, {}, {outline: null}),
        status: 'skip',
        summary: 'the servers are not known',
      },
    ],
  },
  {
    check: proxyEndpoint,
    passing: [
      {when: 'it does', world: healthy, status: 'pass', summary: 'MCP 2026-07-28 after 4 ms, 12 tools'},
      {
        when: 'it wants a key',
        world: worldFrom(healthy, {'proxy.endpoint': known(endpoint({failure: {...failure, httpStatus: 401}}))}),
        status: 'info',
        summary: 'answers, and wants credentials',
        remedy: '--key-env',
      },
    ],
    failing: [
      {
        when: 'it does not answer',
        world: worldFrom(healthy, {'proxy.endpoint': known(endpoint({failure}))}),
        status: 'fail',
        summary: 'the endpoint of the proxy does not serve: no answer',
        evidence: 'fault of: proxy',
        remedy: 'only1mcp doctor --quick',
      },
      {
        when: 'it refuses our key',
        world: worldFrom(healthy, {
          'proxy.endpoint': known(endpoint({withKey: true, failure: {...failure, httpStatus: 403}})),
        }),
        status: 'fail',
        summary: 'does not serve',
        remedy: 'only1mcp auth inspect',
      },
    ],
    between: [
      {
        when: 'there is no runtime',
        world: worldFrom(healthy, {'proxy.endpoint': missing('absent', 'no runtime is running')}),
        status: 'skip',
        summary: 'the endpoint was not asked: no runtime is running',
        remedy: 'only1mcp start',
      },
    ],
  },
  {
    check: accessForeignHost,
    passing: [
      {
        when: 'it is refused',
        world: healthy,
        status: 'pass',
        summary: 'a request for a foreign Host is refused: HTTP 403',
      },
      {
        when: 'the connection is ended',
        world: worldFrom(healthy, {'proxy.refusals': known(refusals({foreignHost: null}))}),
        status: 'pass',
        summary: 'the connection was ended',
      },
    ],
    failing: [
      {
        when: 'it is answered',
        world: worldFrom(healthy, {'proxy.refusals': known(refusals({foreignHost: 200}))}),
        status: 'fail',
        summary: 'a request with a foreign Host is answered: HTTP 200',
        remedy: 'server.allowed_hosts',
      },
    ],
    between: [
      {
        when: 'the same is said to everybody without credentials',
        world: worldFrom(healthy, {'proxy.refusals': known(refusals({foreignHost: 401}))}),
        status: 'skip',
        summary: 'every request without credentials is refused (HTTP 401)',
      },
      {
        when: 'nobody listens',
        world: worldFrom(healthy, {'proxy.refusals': absent}),
        status: 'skip',
        summary: 'no request could be sent',
      },
    ],
  },
  {
    check: accessForeignOrigin,
    passing: [
      {when: 'it is refused', world: healthy, status: 'pass', summary: 'a request of a foreign Origin is refused'},
    ],
    failing: [
      {
        when: 'it is answered',
        world: worldFrom(healthy, {'proxy.refusals': known(refusals({foreignOrigin: 202}))}),
        status: 'fail',
        summary: 'a request of a foreign Origin is answered: HTTP 202',
        remedy: 'server.allowed_origins',
      },
    ],
    between: [
      {
        when: 'nobody listens',
        world: worldFrom(healthy, {'proxy.refusals': absent}),
        status: 'skip',
        summary: 'no request could be sent',
      },
    ],
  },
  {
    check: accessAnonymous,
    passing: [
      {
        when: 'it is refused',
        world: healthy,
        status: 'pass',
        summary: 'a request without credentials is refused (jwt): HTTP 401',
      },
      {
        when: 'auth is off',
        world: worldFrom(healthy, {}, {outline: outline({authMethods: []})}),
        status: 'info',
        summary: 'auth is off',
      },
    ],
    failing: [
      {
        when: 'it is answered',
        world: worldFrom(healthy, {'proxy.refusals': known(refusals({anonymous: 200}))}),
        status: 'fail',
        summary: 'a request without credentials is answered: HTTP 200',
        remedy: 'only1mcp reload',
      },
    ],
  },
  {
    check: accessRateLimits,
    passing: [
      {when: 'they are', world: healthy, status: 'pass', summary: 'requests are limited by rate_limit'},
      {
        when: 'only this machine reaches the port',
        world: worldFrom(healthy, {}, {outline: outline({rateLimited: false})}),
        status: 'info',
        summary: 'reached from this machine alone',
      },
    ],
    failing: [
      {
        when: 'others reach it',
        world: worldFrom(
          healthy,
          {'control.snapshot': listening({host: '0.0.0.0'})},
          {outline: outline({rateLimited: false})},
        ),
        status: 'warn',
        summary: 'requests are not limited, and others reach 0.0.0.0',
        remedy: 'rate_limit.per_principal',
      },
    ],
    between: [
      {
        when: 'there is no configuration',
        world: worldFrom(healthy, {}, {outline: null}),
        status: 'skip',
        summary: 'not known',
      },
    ],
  },
  {
    check: authKeysHashed,
    passing: [
      {
        when: 'they are',
        world: worldFrom(healthy, {}, {outline: outline({authMethods: ['api_keys']})}),
        status: 'pass',
        summary: 'every API key is kept as a hash',
      },
      {when: 'there are none', world: healthy, status: 'skip', summary: 'no API keys are in use'},
    ],
    failing: [
      {
        when: 'the key itself stands there',
        world: worldFrom(healthy, {
          'config.parsed': known({
            ...parsed,
            problems: [problem({code: 'auth.hash_format', path: 'auth.api_keys[0].hash'})],
          }),
        }),
        status: 'fail',
        summary: 'an API key is not kept as a hash: auth.api_keys[0].hash',
        remedy: 'auth keygen',
      },
    ],
  },
  {
    check: metricsExposed,
    passing: [
      {when: 'they are', world: healthy, status: 'pass', summary: '127.0.0.1:9091: this machine alone'},
      {
        when: 'there are none',
        world: worldFrom(healthy, {'control.snapshot': listening({metricsHost: null, metricsPort: null})}),
        status: 'pass',
        summary: 'no metrics are served',
      },
    ],
    failing: [
      {
        when: 'everybody may read them',
        world: worldFrom(healthy, {'control.snapshot': listening({metricsHost: '0.0.0.0'})}),
        status: 'warn',
        summary: 'metrics are served to others, on 0.0.0.0:9091',
        remedy: 'observability.metrics.host',
      },
      {
        when: 'everybody could, once it runs',
        world: worldFrom(nothingRuns, {}, {outline: outline({metrics: {host: '::', port: 9091}})}),
        status: 'warn',
        summary: 'on [::]:9091',
      },
    ],
  },
  {
    check: profilingExposed,
    passing: [
      {when: 'there are none', world: healthy, status: 'pass', summary: 'no profiles are served'},
      {
        when: 'they are',
        world: worldFrom(healthy, {'control.snapshot': listening({}, {profiling: {host: '127.0.0.1', port: 6060}})}),
        status: 'pass',
        summary: '127.0.0.1:6060: this machine alone',
      },
    ],
    failing: [
      {
        when: 'everybody may take them',
        world: worldFrom(healthy, {'control.snapshot': listening({}, {profiling: {host: '10.0.0.7', port: 6060}})}),
        status: 'fail',
        summary: 'profiles are served to others, on 10.0.0.7:6060',
        remedy: 'profiling.host',
      },
    ],
  },
  {
    check: logsPrivate,
    passing: [
      {when: 'they are not', world: healthy, status: 'pass', summary: '1 log files are closed to others'},
      {
        when: 'there are none',
        world: worldFrom(healthy, {'logs.modes': absent}),
        status: 'skip',
        summary: 'no logs to look at',
      },
    ],
    failing: [
      {
        when: 'one is',
        world: worldFrom(healthy, {'logs.modes': known([kept({path: '/l/access.log', mode: 0o644})])}),
        status: 'warn',
        subject: '/l/access.log',
        summary: 'a log is readable by everybody: /l/access.log has mode 0644',
        remedy: 'chmod o-rwx /l/access.log',
      },
      {
        when: 'one is a link',
        world: worldFrom(healthy, {'logs.modes': known([kept({path: '/l/access.log', kind: 'other'})])}),
        status: 'warn',
        summary: 'a log is no regular file',
      },
    ],
  },
]
