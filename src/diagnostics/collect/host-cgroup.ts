import {dirname, join} from 'node:path'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'
import {procText, readProcText} from './proc-text.ts'

const mount = '/sys/fs/cgroup'
/** A limit that v1 prints where there is none: the largest number of whole pages. */
const unlimited = 2 ** 62

/** Limits of the control group of a process, those of the groups above it included. */
export const hostCgroup: Collector<'host.cgroup'> = {
  kind: 'host.cgroup',
  timeoutMs: 3000,
  async collect(about): Promise<FactOutcome<'host.cgroup'>> {
    const read = readProcText(`/proc/${about === '' ? 'self' : about}/cgroup`)
    if (read.state !== 'known') return read
    const lines = read.text.split('\n')
    const unified = lines.find(line => line.startsWith('0::'))?.slice(3)
    const legacy = lines.find(line => /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:/.test(line))
    if (legacy !== undefined) return {state: 'known', value: v1(legacy.replace(/^\d+:[^:]*:/, ''))}
    if (unified === undefined) return {state: 'absent', why: 'the process is in no control group'}
    return {state: 'known', value: v2(unified)}
  },
}

function v2(path: string) {
  const folders = upwards(mount, path)
  const own = folders.find(folder => procText(join(folder, 'memory.current')) !== undefined)
  return {
    version: 2 as const,
    path,
    memoryLimitBytes: least(folders.map(folder => number(join(folder, 'memory.max')))),
    memoryUsedBytes: own === undefined ? null : number(join(own, 'memory.current')),
    oomKills: own === undefined ? null : named(procText(join(own, 'memory.events')), 'oom_kill'),
    pidsLimit: least(folders.map(folder => number(join(folder, 'pids.max')))),
    pidsUsed: own === undefined ? null : number(join(own, 'pids.current')),
  }
}

function v1(path: string) {
  const folders = upwards(join(mount, 'memory'), path)
  const own = folders.find(folder => procText(join(folder, 'memory.usage_in_bytes')) !== undefined)
  return {
    version: 1 as const,
    path,
    memoryLimitBytes: least(folders.map(folder => number(join(folder, 'memory.limit_in_bytes')))),
    memoryUsedBytes: own === undefined ? null : number(join(own, 'memory.usage_in_bytes')),
    oomKills: own === undefined ? null : named(procText(join(own, 'memory.oom_control')), 'oom_kill'),
    pidsLimit: null,
    pidsUsed: null,
  }
}

/** The folder of a group and those above it, nearest first. A path that leads out of our view (`/../..`) starts at the top. */
function upwards(root: string, path: string): string[] {
  const folders: string[] = []
  for (let at = path.includes('..') ? '/' : path; ; at = dirname(at)) {
    folders.push(join(root, at))
    if (at === '/' || at === '.') return folders
  }
}

function number(path: string): number | null {
  const text = procText(path)?.trim()
  if (text === undefined || !/^\d+$/.test(text)) return null
  const value = Number(text)
  return value >= unlimited ? null : value
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** The number behind a name in lines of `name number`. */
function named(text: string | undefined, name: string): number | null {
  const line = text?.split('\n').find(each => each.startsWith(`${name} `))
  return line === undefined ? null : Number(line.slice(name.length + 1))
}
