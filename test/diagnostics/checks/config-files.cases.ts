import {configDrift} from '../../../src/diagnostics/checks/config-drift.ts'
import {configPermissions} from '../../../src/diagnostics/checks/config-permissions.ts'
import {configReload} from '../../../src/diagnostics/checks/config-reload.ts'
import {configSecrets} from '../../../src/diagnostics/checks/config-secrets.ts'
import {configVariables} from '../../../src/diagnostics/checks/config-variables.ts'
import {configWritable} from '../../../src/diagnostics/checks/config-writable.ts'
import {installExecutable} from '../../../src/diagnostics/checks/install-executable.ts'
import {stateFolder} from '../../../src/diagnostics/checks/state-folder.ts'
import {stateLeftovers} from '../../../src/diagnostics/checks/state-leftovers.ts'
import {stateUsable} from '../../../src/diagnostics/checks/state-usable.ts'
import {details, file} from '../whole-world.ts'
import {healthy, known, missing, nothingRuns, server, snapshot, startedAt, worldFrom} from '../world.ts'
import type {CheckCases} from './check-case.ts'

const state = {path: '/var/lib/only1mcp', mode: 0o700, owner: 'only1mcp', ownedByUs: true, leftovers: []}
const launcher = {path: '/opt/only1mcp/bin/only1mcp', mode: 0o644, ownedByUs: true}
const secret = known(['servers github: env.GITHUB_TOKEN'])

const told = snapshot([server()])

function configuredAs(change: Partial<typeof told.config>) {
  const config = {...told.config, ...change}
  return worldFrom(healthy, {'control.snapshot': known({snapshot: {...told, config}, mismatch: null})})
}

export const configFilesCases: readonly CheckCases[] = [
  {
    check: configReload,
    passing: [{when: 'there was none', world: healthy, status: 'pass', summary: '0 reloads were taken'}],
    failing: [
      {
        when: 'the file was not valid',
        world: configuredAs({
          lastReload: {at: startedAt, ok: false, trigger: 'file', message: 'it has 1 error', problems: []},
        }),
        status: 'fail',
        summary: 'the last reload was refused: it has 1 error',
        evidence: 'the one before is in force',
        remedy: 'only1mcp reload',
      },
      {
        when: 'a setting waits for a restart',
        world: configuredAs({needsRestart: ['server.port']}),
        status: 'warn',
        summary: 'settings wait for a restart: server.port',
      },
    ],
    between: [{when: 'nothing runs', world: nothingRuns, status: 'skip', summary: 'no runtime tells about it'}],
  },
  {
    check: configPermissions,
    passing: [
      {when: 'it is for owner and group', world: healthy, status: 'pass', summary: 'mode 0640'},
      {
        when: 'everybody may read it and it holds no secret',
        world: worldFrom(healthy, {'config.file': known(file({mode: 0o644}))}),
        status: 'pass',
        summary: 'holds no secret',
      },
    ],
    failing: [
      {
        when: 'everybody may read it and it holds secrets',
        world: worldFrom(healthy, {'config.file': known(file({mode: 0o644})), 'config.plain_secrets': secret}),
        status: 'warn',
        summary: 'the configuration is readable by everybody (mode 0644)',
        evidence: 'env.GITHUB_TOKEN',
        remedy: 'chmod 640 /etc/only1mcp/config.yaml',
      },
    ],
  },
  {
    check: configWritable,
    passing: [{when: 'only its owner may change it', world: healthy, status: 'pass', summary: 'only only1mcp'}],
    failing: [
      {
        when: 'its mode lets everybody change it',
        world: worldFrom(healthy, {'config.file': known(file({mode: 0o666}))}),
        status: 'fail',
        summary: 'the configuration can be changed by everybody: mode 666',
        remedy: 'chmod o-w /etc/only1mcp/config.yaml',
      },
      {
        when: 'a folder above lets everybody exchange it',
        world: worldFrom(healthy, {'config.file': known(file({openFolders: ['/etc/only1mcp']}))}),
        status: 'fail',
        summary: '/etc/only1mcp lets all exchange it',
      },
      {
        when: 'somebody else owns what root runs',
        world: worldFrom(healthy, {
          'config.file': known(file({owner: 'alice'})),
          'process.details': known(details({user: 'root'})),
        }),
        status: 'warn',
        summary: 'the configuration belongs to alice, and the runtime runs as root',
        remedy: 'chown root /etc/only1mcp/config.yaml',
      },
    ],
    between: [
      {
        when: 'it may not be looked at',
        world: worldFrom(healthy, {'config.file': missing('denied', 'no permission')}),
        status: 'skip',
        summary: 'no permission',
      },
    ],
  },
  {
    check: configSecrets,
    passing: [{when: 'all come from variables', world: healthy, status: 'pass', summary: 'no secret stands'}],
    failing: [
      {
        when: 'two stand in the file',
        world: worldFrom(healthy, {
          'config.plain_secrets': known(['servers github: env.GITHUB_TOKEN', 'servers web: auth.token']),
        }),
        status: 'warn',
        summary: '2 secrets stand in the configuration itself',
        evidence: 'servers web: auth.token',
      },
    ],
  },
  {
    check: configDrift,
    passing: [{when: 'file and runtime agree', world: healthy, status: 'pass', summary: 'uses the file as it is'}],
    failing: [
      {
        when: 'the file is another one by now',
        world: worldFrom(healthy, {'config.file': known(file({sha256: 'f'.repeat(64)}))}),
        status: 'warn',
        summary: 'the file was changed since the runtime read it',
        evidence: 'file ffffffffffff, runtime 000000000000',
      },
    ],
    between: [{when: 'nothing runs', world: nothingRuns, status: 'skip', summary: 'no runtime tells about it'}],
  },
  {
    check: configVariables,
    passing: [{when: 'all say something', world: healthy, status: 'pass', summary: 'no variable'}],
    failing: [
      {
        when: 'one is empty',
        world: worldFrom(healthy, {'config.empty_variables': known(['GITHUB_TOKEN'])}),
        status: 'fail',
        subject: 'GITHUB_TOKEN',
        summary: 'variables are set to nothing: GITHUB_TOKEN',
        remedy: 'set GITHUB_TOKEN where the runtime is started',
      },
    ],
  },
  {
    check: stateUsable,
    passing: [{when: 'it can be written', world: healthy, status: 'pass', summary: '/var/lib/only1mcp can be used'}],
    failing: [
      {
        when: 'its file system is read-only',
        world: worldFrom(healthy, {
          'state.usable': known({fault: '/var is on a read-only file system', remedy: 'remount it'}),
        }),
        status: 'fail',
        subject: '/var/lib/only1mcp',
        summary: 'the state folder cannot be used: /var is on a read-only file system',
        remedy: 'remount it; or name another folder',
      },
    ],
    between: [
      {
        when: 'it belongs to another user',
        world: worldFrom(healthy, {'state.usable': missing('denied', 'not for this user')}),
        status: 'skip',
        summary: 'not for this user',
      },
      {
        when: 'none is known',
        world: worldFrom(healthy, {'state.usable': missing('absent', 'no state folder is known')}),
        status: 'skip',
        summary: 'no state folder is known',
      },
    ],
  },
  {
    check: stateFolder,
    passing: [
      {when: 'it is for its owner alone', world: healthy, status: 'pass', summary: 'for only1mcp alone'},
      {
        when: 'there is none yet',
        world: worldFrom(healthy, {'state.folder': missing('absent', 'there is no state folder')}),
        status: 'info',
        summary: 'the first start makes it',
      },
    ],
    failing: [
      {
        when: 'others may look into it',
        world: worldFrom(healthy, {'state.folder': known({...state, mode: 0o755})}),
        status: 'fail',
        summary: 'the state folder is open to others: /var/lib/only1mcp has mode 0755',
        remedy: 'chmod 700 /var/lib/only1mcp',
      },
    ],
  },
  {
    check: stateLeftovers,
    passing: [{when: 'nothing lies there', world: healthy, status: 'pass', summary: 'is left over'}],
    failing: [
      {
        when: 'a record and a socket lie there',
        world: worldFrom(healthy, {
          'state.folder': known({
            ...state,
            leftovers: [{path: '/var/lib/only1mcp/runtime.json', kind: 'record'}],
          }),
        }),
        status: 'warn',
        subject: '/var/lib/only1mcp/runtime.json',
        summary: 'is left over from a runtime that is gone',
        remedy: 'doctor --fix',
      },
    ],
  },
  {
    check: installExecutable,
    passing: [
      {when: 'it has the bits', world: healthy, status: 'pass', summary: 'is executable'},
      {
        when: 'there is no launcher',
        world: worldFrom(healthy, {'install.self': known({version: '1.0.0', node: 'v24', launcher: null})}),
        status: 'skip',
        summary: 'no launcher',
      },
    ],
    failing: [
      {
        when: 'it lacks them',
        world: worldFrom(healthy, {'install.self': known({version: '1.0.0', node: 'v24', launcher})}),
        status: 'fail',
        summary: 'the launcher is not executable by everybody',
        remedy: 'chmod +x',
      },
    ],
  },
]
