import {accessSync, constants, statSync} from 'node:fs'
import {delimiter, join, resolve} from 'node:path'
import {errnoCode} from '../../shared/errors.ts'
import type {CommandSight} from '../facts/backends.ts'
import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {isLiving, recordOf} from '../sighting.ts'
import {readEnvironment} from './process-environment.ts'
import {programFault} from './program-fault.ts'
import type {ConfigReader} from './shared-config.ts'

/** Whether a server's program is there and can be run, on the PATH of the runtime where that can be seen. */
export function backendCommand(place: Place, read: ConfigReader): Collector<'backend.command'> {
  return {
    kind: 'backend.command',
    timeoutMs: 3000,
    async collect(id, {facts}) {
      const found = await facts.get('config.found')
      const shared = found.state === 'known' ? await read(found.value.path, facts) : undefined
      const config = shared?.loaded.ok ? shared.loaded.config.servers.find(server => server.id === id) : undefined
      if (config?.command === undefined) return {state: 'absent', why: `server ${id} runs no program`}
      const runtime = await facts.get('runtime.record')
      const record = runtime.state === 'known' ? runtime.value.filter(isLiving).map(recordOf)[0] : undefined
      const env = (record && readEnvironment(record.pid)) ?? place.env
      const path = config.env.PATH ?? env.PATH ?? '/usr/bin:/bin'
      const cwd = config.cwd ?? place.cwd
      if (config.cwd !== undefined && !isFolder(config.cwd)) {
        const fault = `its cwd ${config.cwd} is not an existing folder`
        return {state: 'known', value: {command: config.command, file: null, fault, lacksBit: false}}
      }
      return {state: 'known', value: sightCommand(config.command, path, cwd)}
    },
  }
}

/** As execvp looks: a name with a slash is a file, any other is searched on the PATH. */
export function sightCommand(command: string, path: string, cwd: string): CommandSight {
  const candidates = command.includes('/')
    ? [resolve(cwd, command)]
    : path.split(delimiter).map(folder => join(folder || '.', command))
  let denied: string | undefined
  for (const file of candidates) {
    const seen = look(file)
    if (seen === 'runs') return {command, file, fault: programFault(file, path), lacksBit: false}
    if (seen === 'denied') denied ??= file
  }
  if (denied !== undefined)
    return {command, file: denied, fault: `${denied} is not executable for this user`, lacksBit: lacksBit(denied)}
  const fault = command.includes('/')
    ? `there is no file ${candidates[0]}`
    : `there is no program ${command} on the PATH`
  return {command, file: null, fault, lacksBit: false}
}

function look(file: string): 'runs' | 'denied' | 'absent' {
  try {
    if (!statSync(file).isFile()) return 'absent'
    accessSync(file, constants.X_OK)
    return 'runs'
  } catch (error) {
    return errnoCode(error) === 'EACCES' ? 'denied' : 'absent'
  }
}

/** Ours, and nobody has given it the bit. */
function lacksBit(file: string): boolean {
  try {
    const {mode, uid} = statSync(file)
    return uid === process.getuid?.() && (mode & 0o111) === 0
  } catch {
    return false // hidden by a folder above
  }
}

function isFolder(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true
}
