import type {ServerSnapshot} from '../control/contract/server.ts'
import type {Snapshot} from '../control/contract/snapshot.ts'
import {formatDuration} from '../shared/duration.ts'
import {type Cell, type FittedColumn, fittedTable, type TableLook} from './fitted-table.ts'
import type {Role} from './style.ts'

export interface ServerHealth {
  readonly id: string
  readonly transport: ServerSnapshot['transport']
  readonly era: ServerSnapshot['era']
  readonly protocolVersion: string | null
  /** Clients of this era are served across the gap between the eras; null while the server's own is not known. */
  readonly bridged: 'legacy' | 'modern' | null
  readonly status: ServerSnapshot['status']
  /** Null where the runtime is of a version without breakers. */
  readonly breaker: NonNullable<ServerSnapshot['breaker']>['state'] | null
  readonly tools: number
  readonly lastError: ServerSnapshot['lastError']
  /** Since when the status holds, ISO-8601 UTC. */
  readonly since: string
}

export interface HealthDocument {
  readonly servers: readonly ServerHealth[]
  /** Servers whose tools are missing from what clients see. */
  readonly absent: readonly string[]
}

export function healthDocument(snapshot: Snapshot): HealthDocument {
  const servers = snapshot.servers.map(
    ({id, transport, era, protocolVersion, status, breaker, tools, lastError, since}) => ({
      id,
      transport,
      era,
      protocolVersion,
      bridged: era === null ? null : era === 'legacy' ? ('modern' as const) : ('legacy' as const),
      status,
      breaker: breaker?.state ?? null,
      tools,
      lastError,
      since,
    }),
  )
  const absent = servers
    .filter(({status, tools}) => status !== 'up' && status !== 'disabled' && tools === 0)
    .map(({id}) => id)
  return {servers, absent}
}

/** A server that should serve and does not. */
export function isDown({status}: ServerHealth): boolean {
  return status === 'down' || status === 'crash_loop' || status === 'restarting' || status === 'stopped'
}

const columns: readonly FittedColumn[] = [
  {title: 'SERVER', priority: 1, min: 18, max: 32, name: true},
  {title: 'TRANSPORT', priority: 8},
  {title: 'SPEAKS', priority: 9},
  {title: 'BRIDGED', priority: 10},
  {title: 'STATUS', priority: 2},
  {title: 'BREAKER', priority: 5},
  {title: 'SINCE', priority: 3},
  {title: 'TOOLS', priority: 6, align: 'right'},
  {title: 'RECENT', priority: 7},
  {title: 'LAST ERROR', priority: 4, min: 24},
]
const recentAt = columns.findIndex(({title}) => title === 'RECENT')

const roles: Readonly<Record<ServerHealth['status'], Role>> = {
  up: 'good',
  starting: 'warning',
  restarting: 'bad',
  crash_loop: 'bad',
  down: 'bad',
  stopped: 'bad',
  disabled: 'quiet',
}

export interface HealthLook extends TableLook {
  /** Wall clock, milliseconds. */
  readonly now: number
  /** Bars of the newest probes of a server; without it there is no such column. */
  readonly recent?: ((serverId: string) => string) | undefined
}

/** A header and a line for each server. */
export function healthLines(servers: readonly ServerHealth[], look: HealthLook): string[] {
  const {now, recent} = look
  const rows = servers.map((server): Cell[] => [
    server.id,
    server.transport,
    server.protocolVersion ?? '-',
    server.bridged === null ? '-' : `${server.bridged} clients`,
    {text: server.status, role: roles[server.status]},
    server.breaker ?? '-',
    formatDuration(Math.max(0, now - Date.parse(server.since))),
    String(server.tools),
    recent?.(server.id) || '-',
    server.lastError === null ? '-' : `${server.lastError.message} [${server.lastError.blame}]`,
  ])
  if (recent !== undefined) return fittedTable(columns, rows, look)
  const without = <T>(list: readonly T[]): T[] => list.filter((_, index) => index !== recentAt)
  return fittedTable(without(columns), rows.map(without), look)
}

export function healthText({servers}: HealthDocument, look: HealthLook): string {
  return servers.length === 0 ? 'no servers are configured' : healthLines(servers, look).join('\n')
}
