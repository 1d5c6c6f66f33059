import {homedir} from 'node:os'
import {configNotFound, discoverConfig} from '../config/discover.ts'

/** The file that a command means: the one that was named, else the one that start would take. @throws AppError */
export function configPlace(named: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const discovered = discoverConfig({flag: named, env, cwd: process.cwd(), home: homedir()})
  if ('tried' in discovered) throw configNotFound(discovered.tried)
  return discovered.found
}
