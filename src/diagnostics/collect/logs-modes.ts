import {listLogFiles} from '../../logs/log-files.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'
import {sightFile} from './kept-file.ts'

/** Mode and owner of each log file, rotated ones too. */
export const logsModes: Collector<'logs.modes'> = {
  kind: 'logs.modes',
  timeoutMs: 2000,
  async collect(folder): Promise<FactOutcome<'logs.modes'>> {
    if (folder === '') return {state: 'absent', why: 'no log folder is known'}
    const listed = listLogFiles(folder)
    if (listed.state !== 'known') return listed
    const value = listed.files.flatMap(({path}) => {
      const file = sightFile(path)
      return 'state' in file ? [] : [file] // rotated away between two looks
    })
    return {state: 'known', value}
  },
}
