import {homedir} from 'node:os'
import {stateDirCandidates} from '../config/paths.ts'
import {ControlClient} from '../control/client.ts'
import type {Snapshot} from '../control/contract.ts'
import {requireRuntime} from '../control/find-runtime.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'

export interface Instance {
  readonly record: RuntimeRecord
  readonly client: ControlClient
}

/** The running runtime that a command without further words means. @throws AppError when there is none, or it is not ours to see */
export function findInstance(env: NodeJS.ProcessEnv = process.env): Instance {
  const record = requireRuntime(stateDirCandidates({env, home: homedir()}))
  return {record, client: new ControlClient(record.socket)}
}

/** Its whole state. @throws AppError */
export async function instanceSnapshot(): Promise<Snapshot> {
  return findInstance().client.snapshot()
}
