import {readdirSync, readFileSync, readlinkSync, statSync} from 'node:fs'

/** One process, told apart from a later one with the same pid by its start time. */
export interface ProcessIdentity {
  readonly pid: number
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot. */
  readonly startTicks: number
}

export interface ProcessStat extends ProcessIdentity {
  readonly state: string
  readonly parentPid: number
  readonly groupId: number
  readonly comm: string
}

/** @returns undefined when there is no such process, or no /proc */
export function readProcessStat(pid: number): ProcessStat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined // gone, or hidden from us: either way nothing can be said of it
  }
  // The second field is the program's name in brackets and may hold spaces and brackets itself.
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  const fields = text.slice(close + 2).split(' ')
  return {
    pid,
    comm: text.slice(open + 1, close),
    state: fields[0] ?? '?',
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    startTicks: Number(fields[19]),
  }
}

/** Whether the very process lives: pid and start time agree, and it is no zombie. */
export function isAlive(identity: ProcessIdentity): boolean {
  const stat = readProcessStat(identity.pid)
  return stat !== undefined && stat.startTicks === identity.startTicks && stat.state !== 'Z' && stat.state !== 'X'
}

/** @returns the arguments of a process, or undefined when it is gone; empty for kernel threads */
export function readArgv(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return text === '' ? [] : text.replace(/\0$/, '').split('\0')
  } catch {
    return undefined
  }
}

/**
 * What people call a program: its own name for itself, but for Node, which calls itself `MainThread` in every process.
 */
export function programName(comm: string, argv: readonly string[]): string {
  const [program = ''] = argv
  return comm === 'MainThread' && program !== '' ? program.slice(program.lastIndexOf('/') + 1) : comm
}

/** @returns the program file of a process, or undefined when it is gone or not ours to see */
export function readExe(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return undefined
  }
}

/** @returns a variable of the environment a process was started with; undefined when absent or not ours to see */
export function readEnvironmentVariable(pid: number, name: string): string | undefined {
  try {
    const start = `${name}=`
    const entry = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .find(pair => pair.startsWith(start))
    return entry?.slice(start.length)
  } catch {
    return undefined
  }
}

/** @returns the user that a process runs as; undefined when it is gone */
export function uidOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return undefined // gone meanwhile
  }
}

/** @returns what a process has open, as the kernel names it; empty when it is gone or not ours to see */
export function openFiles(pid: number): string[] {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).flatMap(fd => linkTarget(`${folder}/${fd}`) ?? [])
  } catch {
    return [] // gone, or not ours to see
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined // closed meanwhile
  }
}
