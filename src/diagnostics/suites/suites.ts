import type {Check, CheckContext} from '../check.ts'
import {checkNamed} from '../find-check.ts'
import {serverReachable} from './checks/servers-reachable.ts'

export const suiteNames = ['integrity', 'connectivity', 'security', 'performance'] as const
export type SuiteName = (typeof suiteNames)[number]

/** A suite that is a selection of checks; `performance` sends load instead. */
export interface Suite {
  readonly name: Exclude<SuiteName, 'performance'>
  /** What a good outcome means. */
  readonly title: string
  /** In reading order. */
  checks(context: CheckContext): readonly Check[]
  /** Checks whose warnings are failures here: what lets somebody in, or lets secrets be read. */
  readonly strict: readonly string[]
}

/** In the order of the ids. */
const checksOf = (ids: readonly string[]): readonly Check[] => ids.map(checkNamed)

const configured = ['config.found', 'config.valid'] as const

export const suites: readonly Suite[] = [
  {
    name: 'integrity',
    title: 'what is kept on disk is whole',
    checks: () =>
      checksOf([
        ...configured,
        'config.drift',
        'host.disk',
        'host.inodes',
        'state.record',
        'state.leftovers',
        'state.session_key',
        'state.generations',
        'store.requests',
        'store.breakers',
        'store.postgres',
        'store.writing',
        'logs.writable',
        'logs.size',
        'logs.lost',
        'state.recovery',
        'state.backups',
      ]),
    strict: [],
  },
  {
    name: 'connectivity',
    title: 'every server answers, and the proxy serves',
    checks: ({pid, socket, outline}) => {
      const servers = outline?.servers ?? []
      // With a runtime, or the traces of one that ended badly, it has to serve; one that was stopped need not.
      const ours = pid === null && socket === null ? [] : ['process.running', 'port.listening', 'health.endpoint']
      return [
        ...checksOf([...configured, ...ours]),
        ...(servers.length === 0 ? checksOf(['servers.reachable']) : servers.map(({id}) => serverReachable(id))),
        ...checksOf(['proxy.endpoint']),
      ]
    },
    strict: [],
  },
  {
    name: 'security',
    title: 'nobody comes in who should not, and nothing secret lies open',
    checks: () =>
      checksOf([
        ...configured,
        'config.permissions',
        'config.writable',
        'config.secrets',
        'state.folder',
        'state.session_key',
        'logs.private',
        'auth.exposed',
        'auth.keys_hashed',
        'auth.key_file',
        'auth.issuers',
        'access.anonymous',
        'access.foreign_host',
        'access.foreign_origin',
        'access.rate_limits',
        'metrics.exposed',
        'profiling.exposed',
        'tls.certificate',
        'tls.key_mode',
        'tls.client_ca',
        'tls.listener',
        'tls.mutual',
      ]),
    strict: [
      'config.permissions',
      'config.writable',
      'auth.exposed',
      'metrics.exposed',
      'logs.private',
      'tls.key_mode',
    ],
  },
]
