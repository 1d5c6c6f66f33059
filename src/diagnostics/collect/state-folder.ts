import {lstatSync, type Stats} from 'node:fs'
import {userName} from '../../shared/user-name.ts'
import type {FactOutcome} from '../fact.ts'
import type {StateFolder} from '../facts/config.ts'
import type {Collector} from '../live-facts.ts'
import {isLiving, recordOf} from '../sighting.ts'
import {whyUnseen} from './kept-file.ts'

/** Mode and owner of a state folder, and what a runtime that is gone has left in it. */
export const stateFolder: Collector<'state.folder'> = {
  kind: 'state.folder',
  timeoutMs: 3000,
  async collect(path, {facts}): Promise<FactOutcome<'state.folder'>> {
    if (path === '') return {state: 'absent', why: 'no state folder is known'}
    let stat: Stats | undefined
    try {
      stat = lstatSync(path, {throwIfNoEntry: false})
    } catch (error) {
      return whyUnseen(path, error) // a folder above it is closed to us
    }
    if (stat === undefined) return {state: 'absent', why: `there is no state folder ${path}`}
    if (!stat.isDirectory()) return {state: 'error', why: `${path} is no folder`}
    const runtime = await facts.get('runtime.record')
    const sighting = runtime.state === 'known' ? runtime.value.find(each => each.stateDir === path) : undefined
    const leftovers: StateFolder['leftovers'][number][] = []
    const dead = sighting !== undefined && !isLiving(sighting) && sighting.process?.state !== 'hidden'
    if (dead && recordOf(sighting) !== null) leftovers.push({path: sighting.read.path, kind: 'record'})
    if (dead && sighting.socket !== null && sighting.read.state !== 'denied') {
      const control = await facts.get(`control.snapshot:${sighting.socket}`)
      if (control.state === 'absent') leftovers.push({path: sighting.socket, kind: 'socket'})
      else leftovers.length = 0 // somebody speaks there: nothing of this is left over
    }
    const {mode, uid} = stat
    const value = {path, mode: mode & 0o7777, owner: userName(uid), ownedByUs: uid === process.getuid?.(), leftovers}
    return {state: 'known', value}
  },
}
