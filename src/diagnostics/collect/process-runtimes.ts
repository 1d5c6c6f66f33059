import {basename, dirname} from 'node:path'
import {readRuntimeFile} from '../../control/runtime-file.ts'
import {isAlive} from '../../shared/proc.ts'
import type {RunningRuntime} from '../facts/host.ts'
import type {Collector} from '../live-facts.ts'
import {procText} from './proc-text.ts'

/**
 * Runtimes of this machine, wherever their state folders are: the kernel lists every bound unix socket, and beside a
 * control socket lies the record of whom it belongs to. What this user may not read is left out.
 */
export const processRuntimes: Collector<'process.runtimes'> = {
  kind: 'process.runtimes',
  timeoutMs: 3000,
  async collect() {
    const table = procText('/proc/net/unix')
    if (table === undefined) return {state: 'absent', why: 'there is no /proc/net/unix to find runtimes in'}
    return {state: 'known', value: stateFolders(table).flatMap(runtimeIn)}
  },
}

/** The path is the last column, and may hold spaces. */
export function stateFolders(table: string): readonly string[] {
  const paths = table.split('\n').flatMap(line => /^\S+: (?:\S+ +){6}(\/.*)$/.exec(line)?.[1] ?? [])
  return [...new Set(paths.filter(path => basename(path) === 'control.sock').map(dirname))]
}

function runtimeIn(stateDir: string): RunningRuntime[] {
  const read = readRuntimeFile(stateDir)
  if (read.state !== 'known' || !isAlive(read.record)) return []
  const {pid, configPath} = read.record
  return [{pid, configPath, stateDir}]
}
