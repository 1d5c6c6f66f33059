import {accessSync, constants, lstatSync, type Stats, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {errnoCode, messageOf} from '../../shared/errors.ts'
import type {FactOutcome} from '../fact.ts'
import type {StateUse} from '../facts/config.ts'
import type {Collector} from '../live-facts.ts'

/** Whether a state folder is one, or can be made, and its file system takes writes. Nothing is written. */
export const stateUsable: Collector<'state.usable'> = {
  kind: 'state.usable',
  timeoutMs: 3000,
  async collect(path): Promise<FactOutcome<'state.usable'>> {
    if (path === '') return {state: 'absent', why: 'no state folder is known'}
    try {
      const seen = look(path)
      if (seen === undefined) return ofParent(dirname(path))
      if (!seen.isDirectory()) return unusable(`${path} is no folder`, `move ${path} aside`)
      return ofFolder(path)
    } catch (error) {
      const code = errnoCode(error)
      if (code === 'EACCES' || code === 'EPERM') return {state: 'denied', why: `no permission to look at ${path}`}
      throw error
    }
  },
}

function ofParent(path: string): FactOutcome<'state.usable'> {
  for (let folder = path; ; folder = dirname(folder)) {
    const seen = look(folder)
    if (seen !== undefined && !seen.isDirectory()) return unusable(`${folder} is no folder`, `move ${folder} aside`)
    if (seen !== undefined || folder === dirname(folder)) return ofFolder(folder)
  }
}

/** What is not ours to write may be the runtime's: only what nobody can write is a fault. */
function ofFolder(folder: string): FactOutcome<'state.usable'> {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    const socket = join(folder, 'control.sock')
    if (lstatSync(socket, {throwIfNoEntry: false})?.isSocket() === false)
      return unusable(`${socket} is no socket`, `move ${socket} aside, then start or restart the runtime`)
    return {state: 'known', value: {fault: null, remedy: ''}}
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'EROFS') return unusable(`${folder} is on a read-only file system`, `mount -o remount,rw of ${folder}`)
    if (code === 'EACCES' || code === 'EPERM')
      return {state: 'denied', why: `${folder} is not for this user to write; the runtime's user may`}
    return {state: 'error', why: messageOf(error)}
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, {throwIfNoEntry: false})
  } catch (error) {
    if (errnoCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}

function unusable(fault: string, remedy: string): {readonly state: 'known'; readonly value: StateUse} {
  return {state: 'known', value: {fault, remedy}}
}
