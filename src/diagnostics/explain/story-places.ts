import {join} from 'node:path'
import {discoverConfig} from '../../config/discover.ts'
import {loadConfig} from '../../config/load.ts'
import {findRuntimes} from '../../control/find-runtime.ts'
import {logDir, stateDirs} from '../collect/configured-paths.ts'
import type {Place} from '../place.ts'

/** Where a story may be found. */
export interface StoryPlaces {
  readonly logFolders: readonly string[]
  /** SQLite files, and the URL of a PostgreSQL that is configured. */
  readonly databases: readonly {readonly name: string; readonly target: string}[]
  readonly sockets: readonly string[]
}

/** Log folders, databases and sockets of every runtime of this place, alive or not. */
export function storyPlaces(place: Place): StoryPlaces {
  const folders = stateDirs(place)
  const records = findRuntimes(folders).flatMap(found => ('record' in found ? [found] : []))
  const logFolders = [
    ...records.map(({record}) => record.logPath),
    logDir(place),
    ...folders.map(folder => join(folder, 'log')),
  ]
  const stateFolders = [...records.map(({record}) => record.statePath), ...folders]
  const files = [...new Set(stateFolders)].map(folder => join(folder, 'requests.db'))
  const url = postgresUrl(place)
  return {
    logFolders: [...new Set(logFolders)],
    databases: [
      ...files.map(file => ({name: file, target: file})),
      ...(url === undefined ? [] : [{name: 'request_logs in PostgreSQL', target: url}]),
    ],
    sockets: [...new Set(records.flatMap(({state, record}) => (state === 'alive' ? [record.socket] : [])))],
  }
}

function postgresUrl(place: Place): string | undefined {
  const discovered = discoverConfig({...place, flag: place.configFlag})
  const loaded = 'found' in discovered ? loadConfig(discovered.found, {env: place.env}) : undefined
  const log = loaded?.ok ? loaded.config.observability.request_log : undefined
  return log?.enabled === true && log.backend === 'postgres' ? log.postgres?.url : undefined
}
