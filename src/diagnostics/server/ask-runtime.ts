import {join} from 'node:path'
import {ControlClient} from '../../control/client.ts'
import type {Snapshot} from '../../control/contract/snapshot.ts'
import type {RuntimeRecord} from '../../control/runtime-file.ts'
import {messageOf} from '../../shared/errors.ts'
import type {FactSource} from '../fact.ts'
import {mainSighting} from '../sighting.ts'
import {childCount} from './child-count.ts'
import {rounds} from './look-around.ts'
import type {ServerSeen, Sight} from './seen.ts'

export interface Telling {
  readonly id: string
  readonly record: RuntimeRecord | null
  readonly snapshot: Snapshot | null
  /** Why it does not run this server; null where it does. */
  readonly unserved: string | null
  readonly signal: AbortSignal
  readonly facts: FactSource
  readonly timeoutMs: number
}

/** What the runtime alone knows of a server; without one, what it has left. */
export async function tell(
  telling: Telling,
): Promise<Pick<ServerSeen, 'lists' | 'probes' | 'process' | 'keptBreaker'>> {
  const {id, record, snapshot, unserved, signal, facts, timeoutMs} = telling
  const stateDir = record?.statePath
  if (record === null || snapshot === null || unserved !== null) {
    const why = unserved ?? 'no runtime is running'
    const runtime = await facts.get('runtime.record')
    const folder = stateDir ?? (runtime.state === 'known' ? mainSighting(runtime.value)?.stateDir : undefined)
    return {lists: {why}, probes: {why}, process: {why}, keptBreaker: await kept(id, folder, facts)}
  }
  const client = new ControlClient(record.socket)
  const attempt = async <T>(work: () => Promise<T>): Promise<Sight<T>> => {
    try {
      return {value: await work()}
    } catch (error) {
      return {why: messageOf(error)}
    }
  }
  const server = snapshot.servers.find(each => each.id === id)
  const pid = server?.pid ?? null
  const details = pid === null ? undefined : await facts.get(`process.details:${pid}`)
  const process: ServerSeen['process'] =
    details === undefined || pid === null
      ? {
          why:
            server?.transport === 'stdio'
              ? `the runtime has no process of it: ${server.status}`
              : 'it is no process of the runtime',
        }
      : details.state === 'known'
        ? {value: {...details.value, children: childCount(pid)}}
        : {why: details.why}
  return {
    lists: await attempt(() => client.lists(id, signal)),
    probes:
      server?.status === 'up' ? await attempt(() => probes(client, id, timeoutMs)) : {why: `it is ${server?.status}`},
    process,
    keptBreaker: {why: 'the runtime tells it itself'},
  }
}

async function probes(client: ControlClient, id: string, timeoutMs: number) {
  const ms: number[] = []
  const endAt = performance.now() + timeoutMs
  for (let round = 0; round <= rounds; round++) {
    const {ok, latencyMs, error} = await client.probe(id, Math.max(100, endAt - performance.now()))
    if (latencyMs !== null) ms.push(latencyMs)
    if (!ok) return {ms, fault: error ?? 'it did not answer'}
  }
  // The first one pays for code that was never run.
  return {ms: ms.slice(1), fault: null}
}

async function kept(id: string, stateDir: string | undefined, facts: FactSource): Promise<ServerSeen['keptBreaker']> {
  if (stateDir === undefined) return {why: 'no state folder is known'}
  const rows = await facts.get(`store.breakers:${join(stateDir, 'circuit_breakers.db')}`)
  if (rows.state !== 'known') return {why: rows.why}
  const row = rows.value.find(({serverId}) => serverId === id)
  return row ? {value: row} : {why: 'none was kept of it'}
}
