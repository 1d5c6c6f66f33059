import type {ServerSnapshot} from '../control/contract/server.ts'
import type {Snapshot} from '../control/contract/snapshot.ts'
import {type FittedColumn, fittedTable, type TableLook} from './fitted-table.ts'

type Listed = Pick<
  ServerSnapshot,
  'id' | 'name' | 'transport' | 'status' | 'prefix' | 'tools' | 'pid' | 'restarts' | 'target' | 'implementation'
>

export interface ServerListDocument {
  readonly servers: readonly Listed[]
}

export function serverListDocument(snapshot: Snapshot): ServerListDocument {
  return {
    servers: snapshot.servers.map(
      ({id, name, transport, status, prefix, tools, pid, restarts, target, implementation}) => ({
        id,
        name,
        transport,
        status,
        prefix,
        tools,
        pid,
        restarts,
        target,
        implementation,
      }),
    ),
  }
}

const columns: readonly FittedColumn[] = [
  {title: 'SERVER', priority: 1, min: 16, max: 32, name: true},
  {title: 'TRANSPORT', priority: 6},
  {title: 'STATUS', priority: 2},
  {title: 'PREFIX', priority: 7},
  {title: 'TOOLS', priority: 4, align: 'right'},
  {title: 'PID', priority: 5},
  {title: 'TARGET', priority: 3, min: 20},
]

export function serverListText({servers}: ServerListDocument, look: TableLook): string {
  if (servers.length === 0) return 'no servers are configured'
  const rows = servers.map(server => [
    server.id,
    server.transport,
    server.status,
    server.prefix === '' ? '(none)' : server.prefix,
    String(server.tools),
    server.pid === null ? '-' : String(server.pid),
    server.target,
  ])
  return fittedTable(columns, rows, look).join('\n')
}
