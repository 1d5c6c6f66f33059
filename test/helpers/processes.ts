import {readdirSync} from 'node:fs'
import {vi} from 'vitest'
import {isAlive, type ProcessStat, readEnvironmentVariable, readProcessStat} from '../../src/shared/proc.ts'

/** Every process of this machine that /proc shows. */
function allProcesses(): ProcessStat[] {
  return readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? (readProcessStat(Number(name)) ?? []) : []))
}

/** Live processes that carry `name=value` in the environment they were started with. */
export function processesMarked(name: string, value: string): ProcessStat[] {
  return allProcesses().filter(process => readEnvironmentVariable(process.pid, name) === value && isAlive(process))
}

/**
 * Live children of a process, their children, and so on. Take the list while the process lives: what outlives its
 * parent belongs to another one, and is found again with `stillAlive`.
 */
export function aliveDescendants(pid: number): ProcessStat[] {
  const everyone = allProcesses()
  const found: ProcessStat[] = []
  const parents = [pid]
  for (const parent of parents) {
    for (const process of everyone) {
      if (process.parentPid !== parent || !isAlive(process)) continue
      found.push(process)
      parents.push(process.pid)
    }
  }
  return found
}

/** Those of a list taken before that live on: same pid, same start time, no zombie. */
export function stillAlive(processes: readonly ProcessStat[]): ProcessStat[] {
  return processes.filter(isAlive)
}

/** Waits until none of them lives; throws with those that do. */
export async function untilGone(processes: readonly ProcessStat[], timeoutMs = 5_000): Promise<void> {
  await vi.waitFor(
    () => {
      const left = stillAlive(processes).map(({pid, comm}) => `${comm} (pid ${pid})`)
      if (left.length > 0) throw new Error(`still alive: ${left.join(', ')}`)
    },
    {timeout: timeoutMs, interval: 20},
  )
}
