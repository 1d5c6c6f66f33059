import type {ProbeAnswer} from '../control/contract/actions.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {healthDocument, type ServerHealth} from './health-report.ts'
import {findInstance} from './instance.ts'

/** Longer than a probe may take by default; the runtime ends it by its own deadline before. */
const probeTimeoutMs = 60_000

export interface HealthCheckDocument extends Omit<ProbeAnswer, 'serverId'> {
  readonly server: ServerHealth
}

/** @throws AppError for a server that the runtime does not have */
export async function checkServer(id: string): Promise<HealthCheckDocument> {
  const {client} = await findInstance()
  const {servers} = healthDocument(await client.snapshot())
  if (!servers.some(server => server.id === id)) {
    throw new AppError('UNKNOWN_SERVER', `the runtime has no server ${safeText(JSON.stringify(id))}`, {
      fix: servers.length === 0 ? 'No servers are configured.' : `It has: ${servers.map(each => each.id).join(', ')}`,
      exitCode: exitCode.usage,
    })
  }
  const {ok, latencyMs, error} = await client.probe(id, probeTimeoutMs)
  const server = healthDocument(await client.snapshot()).servers.find(each => each.id === id)
  if (server === undefined) throw new AppError('UNKNOWN_SERVER', `the server ${id} is no longer configured`)
  return {ok, latencyMs, error, server}
}

export function checkText({ok, latencyMs, error, server}: HealthCheckDocument): string {
  const said = ok ? `answers after ${latencyMs} ms` : `does not answer: ${error}`
  const speaks = server.protocolVersion === null ? '' : `, MCP ${server.protocolVersion} over ${server.transport}`
  return safeText(`${server.id} ${said} (${server.status}, breaker ${server.breaker ?? 'unknown'}${speaks})`)
}
