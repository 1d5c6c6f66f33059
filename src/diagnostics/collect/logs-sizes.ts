import {accessSync, constants, lstatSync, statSync} from 'node:fs'
import {listLogFiles} from '../../logs/log-files.ts'
import {userName} from '../../shared/user-name.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'

/** How much the log files take, and whether this user may write there. */
export const logsSizes: Collector<'logs.sizes'> = {
  kind: 'logs.sizes',
  timeoutMs: 2000,
  async collect(folder): Promise<FactOutcome<'logs.sizes'>> {
    if (folder === '') return {state: 'absent', why: 'no log folder is known'}
    const listed = listLogFiles(folder)
    if (listed.state !== 'known') return listed
    let totalBytes = 0
    let largest: {name: string; bytes: number} | null = null
    for (const {path, name} of listed.files) {
      const bytes = lstatSync(path, {throwIfNoEntry: false})?.size ?? 0
      totalBytes += bytes
      if (bytes > (largest?.bytes ?? 0)) largest = {name, bytes}
    }
    const {uid, mode} = statSync(folder)
    const value = {folder, writable: isWritable(folder), owner: userName(uid), mode: mode & 0o777, totalBytes, largest}
    return {state: 'known', value}
  },
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
