import {readdirSync, readlinkSync, statSync} from 'node:fs'
import {basename, isAbsolute} from 'node:path'
import {errnoCode} from '../../shared/errors.ts'
import {readProcessStat, uidOf} from '../../shared/proc.ts'
import {userName} from '../../shared/user-name.ts'
import type {FactOutcome, FactSource} from '../fact.ts'
import type {Collector} from '../live-facts.ts'
import {recordOf} from '../sighting.ts'
import {procText} from './proc-text.ts'

const msPerTick = 10

/** What /proc tells of one process. */
export const processDetails: Collector<'process.details'> = {
  kind: 'process.details',
  timeoutMs: 3000,
  async collect(about, {facts}): Promise<FactOutcome<'process.details'>> {
    if (about === '') return {state: 'absent', why: 'no runtime is running'}
    const pid = Number(about)
    const stat = readProcessStat(pid)
    const own = readProcessStat(process.pid)
    if (stat === undefined || own === undefined) return {state: 'absent', why: `there is no process ${pid} to be seen`}
    const status = procText(`/proc/${pid}/status`) ?? ''
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024
    return {
      state: 'known',
      value: {
        pid,
        user: userName(uidOf(pid) ?? -1),
        uptimeMs: Math.round(process.uptime() * 1000 + (own.startTicks - stat.startTicks) * msPerTick),
        rssBytes: kib('VmRSS'),
        peakRssBytes: kib('VmHWM'),
        swapBytes: kib('VmSwap'),
        threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0),
        descriptors: entries(`/proc/${pid}/fd`),
        descriptorLimit: softLimit(procText(`/proc/${pid}/limits`)),
        zombies: zombiesOf(pid),
        programReplaced: link(`/proc/${pid}/exe`).endsWith(' (deleted)') || (await scriptIsGone(pid, facts)),
      },
    }
  },
}

function entries(folder: string): number | null {
  try {
    return readdirSync(folder).length
  } catch {
    return null // another user's: not for us to count
  }
}

function softLimit(limits: string | undefined): number | null {
  const value = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1]
  return value === undefined ? null : Number(value)
}

function zombiesOf(parent: number): {pid: number; program: string}[] {
  return readdirSync('/proc').flatMap(name => {
    const stat = /^\d+$/.test(name) ? readProcessStat(Number(name)) : undefined
    return stat?.parentPid === parent && stat.state === 'Z' ? [{pid: stat.pid, program: stat.comm}] : []
  })
}

/** What Node was started on, by the record, is looked for where that process sees it: a container has files of its own. */
async function scriptIsGone(pid: number, facts: FactSource): Promise<boolean> {
  const runtime = await facts.get('runtime.record')
  const records = runtime.state === 'known' ? runtime.value.map(recordOf) : []
  const words = records.find(record => record?.pid === pid)?.argv.slice(1)
  const script = words?.find(word => !word.startsWith('-'))
  if (script === undefined || !isAbsolute(script) || basename(script) !== 'run.js') return false
  try {
    statSync(`/proc/${pid}/root${script}`)
    return false
  } catch (error) {
    return errnoCode(error) === 'ENOENT'
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // gone, or not ours to see
  }
}
