/** CPU and memory of one process from /proc, and where its descendants run. */
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], {encoding: 'utf8'}))

/** User and system time in microseconds, all threads, children not counted. */
export function cpuUs(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6
}

export function rssMiB(pid) {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib ?? 0) / 1024
}

/** How long the thread that serves requests has run, and waited for a core that others had. */
export function threadTimes(pid) {
  try {
    const [run, wait] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ').map(Number)
    return {ranMs: run / 1e6, waitedMs: wait / 1e6}
  } catch {
    return {ranMs: 0, waitedMs: 0} // it has ended
  }
}

export function descendants(pid) {
  let children
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)
  } catch {
    return [] // it is gone
  }
  return children.flatMap(child => [child, ...descendants(child)])
}

/** Moves the children of a proxy away from its own core: the figures are about the proxy alone. */
export function pinDescendants(pid, core) {
  for (const child of descendants(pid)) {
    try {
      execFileSync('taskset', ['-a', '-c', '-p', String(core), String(child)], {stdio: 'ignore'})
    } catch {
      // it ended meanwhile
    }
  }
}

export const pinned = (core, command, args) => ['taskset', ['-c', String(core), command, ...args]]
