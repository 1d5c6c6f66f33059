import {readdirSync} from 'node:fs'
import {isAlive, type ProcessIdentity, readEnvironmentVariable, readProcessStat} from '../shared/proc.ts'

/** The variable that marks every process we start, inherited by whatever they start. */
export const ownerVariable = 'ONLY1MCP_OWNER'

/**
 * The processes whose environment carries our mark, wherever they moved in the process tree.
 * @param mark an instance, or an instance and one of its children: `3f2a…` or `3f2a…:github.2`
 */
export function findOwned(mark: string): number[] {
  const owned: number[] = []
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const value = readEnvironmentVariable(pid, ownerVariable)
    if (value === undefined || (value !== mark && !value.startsWith(`${mark}:`))) continue
    if (readProcessStat(pid)?.state !== 'Z') owned.push(pid)
  }
  return owned
}

/**
 * Kills what carries the mark, until a look finds nothing more (a process may fork while it is being killed).
 * @returns the pids that were signalled
 */
export function killOwned(mark: string): number[] {
  const killed = new Set<number>()
  for (let round = 0; round < 5; round++) {
    const owned = findOwned(mark)
    if (owned.length === 0) break
    for (const pid of owned) {
      killed.add(pid)
      signal(pid, 'SIGKILL')
    }
  }
  return [...killed]
}

/** Signals a process, or with a negative pid its group. @returns false when there is none */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false // gone already, which is what a signal to it would have wanted
  }
}

/**
 * All that a process has started, and they in turn, as far as their parents or their group still tell: whoever took a
 * session of its own and emptied its environment is still somebody's child. The process itself may be gone.
 */
export function descendantsOf(pid: number): ProcessIdentity[] {
  const others = readdirSync('/proc').flatMap(entry =>
    /^\d+$/.test(entry) ? (readProcessStat(Number(entry)) ?? []) : [],
  )
  const family = new Set([pid])
  const found: ProcessIdentity[] = []
  for (let before = -1; before < found.length; ) {
    before = found.length
    for (const each of others) {
      if (family.has(each.pid) || !(family.has(each.parentPid) || family.has(each.groupId))) continue
      family.add(each.pid)
      found.push(each)
    }
  }
  return found
}

/** KILL to those that are still the processes they were. */
export function killAll(processes: readonly ProcessIdentity[]): void {
  for (const each of processes) if (isAlive(each)) signal(each.pid, 'SIGKILL')
}
