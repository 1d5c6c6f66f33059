import type {ServerSnapshot} from '../control/contract/server.ts'
import type {Snapshot} from '../control/contract/snapshot.ts'
import {formatDuration} from '../shared/duration.ts'
import {table} from './table.ts'

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

export function healthText({servers}: HealthDocument, now: number): string {
  if (servers.length === 0) return 'no servers are configured'
  return table(
    ['SERVER', 'TRANSPORT', 'SPEAKS', 'BRIDGED', 'STATUS', 'BREAKER', 'SINCE', 'TOOLS', 'LAST ERROR'],
    servers.map(server => [
      server.id,
      server.transport,
      server.protocolVersion ?? '-',
      server.bridged === null ? '-' : `${server.bridged} clients`,
      server.status,
      server.breaker ?? '-',
      formatDuration(Math.max(0, now - Date.parse(server.since))),
      String(server.tools),
      server.lastError === null ? '-' : `${server.lastError.message} [${server.lastError.blame}]`,
    ]),
  )
}
