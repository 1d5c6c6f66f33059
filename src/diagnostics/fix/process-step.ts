import {setTimeout as pause} from 'node:timers/promises'
import {isAlive, uidOf} from '../../shared/proc.ts'
import type {Step} from './step.ts'

const patienceMs = 5000
const lookEveryMs = 50

/**
 * Asks a process to end (TERM, never KILL). Pid and start time are looked at once more right before the signal: a later
 * process with its number is another one.
 */
export function processStep(pid: number, startTicks: number, program: string): Step {
  const identity = {pid, startTicks}
  return {
    id: `process ${pid}`,
    describe: `send TERM to ${program} (pid ${pid})`,
    grave: true,
    precheck: async () => {
      if (pid <= 1 || pid === process.pid || pid === process.ppid) return `pid ${pid} is not one to be ended`
      if (!isAlive(identity)) return `pid ${pid} is gone, or another process by now`
      const us = process.getuid?.()
      return us !== 0 && uidOf(pid) !== us ? `pid ${pid} belongs to another user` : null
    },
    apply: async () => {
      if (!isAlive(identity)) throw new Error(`pid ${pid} is gone, or another process by now`)
      process.kill(pid, 'SIGTERM')
    },
    verify: async () => {
      for (const until = performance.now() + patienceMs; performance.now() < until; await pause(lookEveryMs))
        if (!isAlive(identity)) return null
      return `it is still there ${patienceMs / 1000} s after TERM; nothing harder is sent`
    },
    undo: undefined,
  }
}
