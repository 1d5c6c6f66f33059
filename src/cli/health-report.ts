import type {ServerSnapshot, Snapshot} from '../control/contract.ts'
import {formatDuration} from '../shared/duration.ts'
import {table} from './table.ts'

export interface ServerHealth {
  readonly id: string
  readonly transport: ServerSnapshot['transport']
  readonly era: ServerSnapshot['era']
  readonly status: ServerSnapshot['status']
  /** No breaker stands in front of a server in this version. */
  readonly breaker: null
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
  const servers = snapshot.servers.map(({id, transport, era, status, tools, lastError, since}) => ({
    id,
    transport,
    era,
    status,
    breaker: null,
    tools,
    lastError,
    since,
  }))
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
    ['SERVER', 'TRANSPORT', 'ERA', 'STATUS', 'SINCE', 'TOOLS', 'LAST ERROR'],
    servers.map(server => [
      server.id,
      server.transport,
      server.era ?? '-',
      server.status,
      formatDuration(Math.max(0, now - Date.parse(server.since))),
      String(server.tools),
      server.lastError === null ? '-' : `${server.lastError.message} [${server.lastError.blame}]`,
    ]),
  )
}
