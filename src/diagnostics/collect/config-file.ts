import {type Stats, statSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {readConfigFile} from '../../config/read-config-file.ts'
import {errnoCode} from '../../shared/errors.ts'
import {userName} from '../../shared/user-name.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'

/** Mode and owner of the configuration file, and whether others may exchange it. */
export const configFile: Collector<'config.file'> = {
  kind: 'config.file',
  timeoutMs: 2000,
  async collect(about): Promise<FactOutcome<'config.file'>> {
    if (about === '') return {state: 'absent', why: 'there is no configuration file'}
    const path = resolve(about)
    const stat = sight(path)
    if (stat === 'denied') return {state: 'denied', why: `no permission to look at ${path}`}
    if (stat === undefined || !stat.isFile()) return {state: 'absent', why: `${path} is no regular file`}
    const file = readConfigFile(path)
    return {
      state: 'known',
      value: {
        path,
        mode: stat.mode & 0o7777,
        owner: userName(stat.uid),
        ownedByUs: stat.uid === process.getuid?.(),
        sha256: file.ok ? file.sha256 : null,
        openFolders: openFolders(path),
      },
    }
  },
}

/** Folders that everybody may write to; with the sticky bit (as /tmp) what is in them is safe from others. */
function openFolders(path: string): string[] {
  const open: string[] = []
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stat = sight(folder)
    if (stat !== undefined && stat !== 'denied' && (stat.mode & 0o002) !== 0 && (stat.mode & 0o1000) === 0)
      open.push(folder)
    if (folder === '/') return open
  }
}

function sight(path: string): Stats | 'denied' | undefined {
  try {
    return statSync(path, {throwIfNoEntry: false})
  } catch (error) {
    return errnoCode(error) === 'EACCES' ? 'denied' : undefined
  }
}
