import type {ServerSnapshot} from '../control/contract/server.ts'
import type {Snapshot} from '../control/contract/snapshot.ts'
import {table} from './table.ts'

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

export function serverListText({servers}: ServerListDocument): string {
  if (servers.length === 0) return 'no servers are configured'
  return table(
    ['SERVER', 'TRANSPORT', 'STATUS', 'PREFIX', 'TOOLS', 'PID', 'TARGET'],
    servers.map(server => [
      server.id,
      server.transport,
      server.status,
      server.prefix === '' ? '(none)' : server.prefix,
      String(server.tools),
      server.pid === null ? '-' : String(server.pid),
      server.target,
    ]),
  )
}
