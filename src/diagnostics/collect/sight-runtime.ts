import {lstatSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {readRuntimeFile} from '../../control/runtime-file.ts'
import {errnoCode} from '../../shared/errors.ts'
import {programName, readArgv, readProcessStat} from '../../shared/proc.ts'
import type {RuntimeSighting, SeenProcess} from '../fact-values.ts'

/** What a state folder holds of a runtime, and who has its pid now. */
export function sightRuntime(stateDir: string): RuntimeSighting {
  const read = readRuntimeFile(stateDir)
  const known = read.state === 'known'
  return {
    stateDir,
    read,
    process: known ? seeProcess(read.record.pid) : null,
    socket: existingSocket(known ? read.record.socket : join(stateDir, 'control.sock')),
    used: holdsAnything(stateDir),
  }
}

function holdsAnything(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0
  } catch (error) {
    return errnoCode(error) !== 'ENOENT'
  }
}

function seeProcess(pid: number): SeenProcess {
  const stat = readProcessStat(pid)
  if (stat === undefined) return {state: exists(pid) ? 'hidden' : 'gone', pid}
  const argv = readArgv(pid) ?? []
  return {
    state: 'known',
    pid,
    startTicks: stat.startTicks,
    processState: stat.state,
    program: programName(stat.comm, argv),
    argv,
  }
}

/** Where /proc hides the processes of others (hidepid), the kernel still tells that there is one. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errnoCode(error) === 'EPERM'
  }
}

function existingSocket(path: string): string | null {
  try {
    return lstatSync(path).isSocket() ? path : null
  } catch {
    return null // nothing there, or not for us to see; the record's own state tells which
  }
}
