import {readdirSync, readlinkSync} from 'node:fs'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {errnoCode} from './errors.ts'

export interface SocketHolders {
  /** The process that holds each socket, by inode; the one with the lowest pid where several share it. */
  readonly pids: ReadonlyMap<string, number>
  /** Processes whose descriptors this user may not see. */
  readonly unreadable: number
}

/** Finds who holds sockets by looking at the descriptors of every process. Stops at `signal`, or when all are found. */
export async function findSocketHolders(inodes: ReadonlySet<string>, signal: AbortSignal): Promise<SocketHolders> {
  const wanted = new Set([...inodes].map(inode => `socket:[${inode}]`))
  const pids = new Map<string, number>()
  let unreadable = 0
  for (const pid of processIds()) {
    if (signal.aborted || pids.size === inodes.size) break
    try {
      for (const link of descriptorLinks(pid)) {
        if (wanted.has(link)) pids.set(link.slice('socket:['.length, -1), pid)
      }
    } catch (error) {
      if (errnoCode(error) === 'EACCES' || errnoCode(error) === 'EPERM') unreadable++
    }
    if (pid % 16 === 0) await nextTurn() // thousands of processes: other collectors get their turn
  }
  return {pids, unreadable}
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

function* descriptorLinks(pid: number): Generator<string> {
  const folder = `/proc/${pid}/fd`
  for (const fd of readdirSync(folder)) {
    try {
      yield readlinkSync(`${folder}/${fd}`)
    } catch {
      // closed meanwhile: not a descriptor any more
    }
  }
}
