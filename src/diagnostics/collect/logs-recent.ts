import {firstRejections} from '../../logs/first-rejections.ts'
import {type LogFile, listLogFiles} from '../../logs/log-files.ts'
import {recentErrors} from '../../logs/recent-errors.ts'
import {type FileTail, tailFile} from '../../logs/tail-file.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'

const windowMs = 15 * 60_000
const tailBytes = 512 * 1024
const keep = 3

/** What went wrong in the last 15 minutes, by `error.log` of a log folder and the member that was rotated last. */
export const logsRecent: Collector<'logs.recent'> = {
  kind: 'logs.recent',
  timeoutMs: 2000,
  async collect(folder, {clock}): Promise<FactOutcome<'logs.recent'>> {
    if (folder === '') return {state: 'absent', why: 'no log folder is known'}
    const listed = listLogFiles(folder)
    if (listed.state !== 'known') return listed
    const files = listed.files.map(({name}) => name)
    const current = listed.files.find(isErrorLog(0))
    if (current === undefined)
      return {state: 'known', value: {folder, files, errors: null, rejectedSince: {}, windowMs}}
    const newer = tailFile(current.path, tailBytes)
    if (newer.state !== 'known') return newer
    const older = newer.truncated ? undefined : tailOf(listed.files.find(isErrorLog(1)))
    const lines = [...(older?.lines ?? []), ...newer.lines]
    const truncated = newer.truncated || older?.truncated === true
    const errors = recentErrors(lines, {sinceMs: clock.wallMs() - windowMs, keep, truncated})
    return {state: 'known', value: {folder, files, errors, rejectedSince: firstRejections(lines), windowMs}}
  },
}

function isErrorLog(rotation: number): (file: LogFile) => boolean {
  return file => file.family === 'error' && file.rotation === rotation && !file.gzip
}

function tailOf(file: LogFile | undefined): Extract<FileTail, {state: 'known'}> | undefined {
  if (file === undefined) return undefined
  const tail = tailFile(file.path, tailBytes)
  return tail.state === 'known' ? tail : undefined
}
