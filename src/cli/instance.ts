import {homedir} from 'node:os'
import {stateDirCandidates} from '../config/paths.ts'
import {ControlClient} from '../control/client.ts'
import type {Snapshot} from '../control/contract/snapshot.ts'
import {findRuntimes, requireRuntime} from '../control/find-runtime.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'

export interface Instance {
  readonly record: RuntimeRecord
  readonly client: ControlClient
}

/**
 * The running runtime that a command without further words means.
 * @throws AppError when there is none, or it is not ours to see
 */
export async function findInstance(env: NodeJS.ProcessEnv = process.env): Promise<Instance> {
  const record = requireRuntime(await stateDirs(env))
  return {record, client: new ControlClient(record.socket)}
}

/** The usual state folders; where nothing lives in them, also the one that the configuration names. */
export async function stateDirs(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const usual = stateDirCandidates({env, home: homedir()})
  if (findRuntimes(usual).some(found => found.state === 'alive')) return usual
  const [{discoverConfig}, {loadConfig}] = await Promise.all([
    import('../config/discover.ts'),
    import('../config/load.ts'),
  ])
  const discovered = discoverConfig({env, cwd: process.cwd(), home: homedir()})
  const loaded = 'found' in discovered ? loadConfig(discovered.found, {env}) : undefined
  if (!loaded?.ok) return usual
  return [...new Set([...usual, ...stateDirCandidates({env, home: homedir(), config: loaded.config})])]
}

/** Its whole state. @throws AppError */
export async function instanceSnapshot(): Promise<Snapshot> {
  const {client} = await findInstance()
  return client.snapshot()
}
