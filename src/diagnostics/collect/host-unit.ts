import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import type {UnitSettings} from '../facts/host.ts'
import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {procText, readProcText} from './proc-text.ts'

const systemFolders = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]
const ourUnit = 'only1mcp.service'

/** What the unit file of the runtime's service says, drop-ins included: of its own unit, else of the one by our name. */
export function hostUnit(place: Place, folders: readonly string[] = systemFolders): Collector<'host.unit'> {
  return {
    kind: 'host.unit',
    timeoutMs: 2000,
    async collect(about) {
      const unit = (about === '' ? undefined : unitOf(Number(about))) ?? ourUnit
      const all = [...folders, join(place.home, '.config/systemd/user')]
      const main = all.map(folder => join(folder, unit)).find(path => existsSync(path))
      const dropIns = all.flatMap(folder => confFiles(join(folder, `${unit}.d`)))
      const files = main === undefined ? dropIns : [main, ...dropIns]
      if (files.length === 0) return {state: 'absent', why: `there is no unit file ${unit}`}
      const settings: UnitSettings['settings'][number][] = []
      for (const file of files) {
        const read = readProcText(file)
        if (read.state === 'denied') return read
        if (read.state === 'known') settings.push(...settingsIn(read.text, file))
      }
      return {state: 'known', value: {unit, settings}}
    },
  }
}

/** The last `….service` of a process's control group. */
function unitOf(pid: number): string | undefined {
  const parts = (procText(`/proc/${pid}/cgroup`) ?? '').split(/[/\n]/)
  return parts.findLast(part => /^[\w@.:-]{1,200}\.service$/.test(part) && !/^user@\d+\.service$/.test(part))
}

function confFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.conf'))
      .sort()
      .map(name => join(folder, name))
  } catch {
    return [] // no drop-ins, or none for us to see
  }
}

function settingsIn(text: string, file: string): UnitSettings['settings'][number][] {
  return text.split('\n').flatMap((line, index) => {
    const match = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line)
    return match ? [{file, line: index + 1, name: match[1] ?? '', value: (match[2] ?? '').slice(0, 300)}] : []
  })
}
