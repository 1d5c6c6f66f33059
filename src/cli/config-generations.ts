import {existsSync} from 'node:fs'
import {homedir} from 'node:os'
import {resolve} from 'node:path'
import {configNotFound, discoverConfig} from '../config/discover.ts'
import {type Generation, generationsFolder, readGenerations} from '../config/generations.ts'
import {readConfigBytes} from '../config/read-config-file.ts'
import {findRuntimes} from '../control/find-runtime.ts'
import {AppError} from '../shared/errors.ts'
import {sha256Of} from '../shared/sha256.ts'
import {stateDirs} from './instance.ts'

export interface KeptConfigs {
  readonly stateDir: string
  /** The file that they were taken from, and would go back to. */
  readonly configPath: string
  /** Whether a runtime would have to be told. */
  readonly running: boolean
  /** The oldest first. */
  readonly generations: readonly Generation[]
}

export interface HistoryRow extends Generation {
  /** It is what the file holds now. */
  readonly current: boolean
}

/**
 * The configurations that have served well: of the runtime that runs, else of the first state folder that has some.
 * @throws AppError `GENERATIONS_DENIED`, `CONFIG_NOT_FOUND`
 */
export async function keptConfigs(env: NodeJS.ProcessEnv = process.env): Promise<KeptConfigs> {
  const folders = await stateDirs(env)
  const alive = findRuntimes(folders).find(found => found.state === 'alive')
  const record = alive?.state === 'alive' ? alive.record : undefined
  const stateDir = record?.statePath ?? folders.find(each => existsSync(generationsFolder(each))) ?? folders[0] ?? ''
  const read = readGenerations(stateDir)
  if (read.state === 'denied')
    throw new AppError('GENERATIONS_DENIED', `no permission to read ${read.path}`, {
      fix: 'Run this as the user that started the runtime, or as root.',
    })
  const configPath = record?.configPath ?? discovered(env)
  return {stateDir, configPath, running: record !== undefined, generations: read.generations}
}

function discovered(env: NodeJS.ProcessEnv): string {
  const place = discoverConfig({env, cwd: process.cwd(), home: homedir()})
  if ('tried' in place) throw configNotFound(place.tried)
  return resolve(place.found)
}

/** The newest first. */
export function historyRows({configPath, generations}: KeptConfigs): HistoryRow[] {
  const bytes = readConfigBytes(configPath)
  const now = bytes && sha256Of(bytes)
  return [...generations].reverse().map(each => ({...each, current: each.sha256 === now}))
}
