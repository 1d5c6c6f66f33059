import {constants, lstatSync, readdirSync} from 'node:fs'
import {open} from 'node:fs/promises'
import {join} from 'node:path'
import {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip} from 'node:zlib'
import {messageOf} from '../../shared/errors.ts'
import type {FactOutcome} from '../fact.ts'
import type {KeptArtefact, KeptFile} from '../facts/suites.ts'
import type {Collector} from '../live-facts.ts'
import {sightFile, whyUnseen} from './kept-file.ts'

/** Names that a shell takes as they stand: these folders are typed into `tar` and `cp` at night. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._+@=-]{0,200}$/
const mostEntries = 1000

/** What lies in a folder of backups or recovery journals, and whether it can be read to its end. */
export const stateArtefacts: Collector<'state.artefacts'> = {
  kind: 'state.artefacts',
  timeoutMs: 30_000,
  async collect(folder, {signal}): Promise<FactOutcome<'state.artefacts'>> {
    if (folder === '') return {state: 'absent', why: 'no state folder is known'}
    let names: string[]
    try {
      names = readdirSync(folder).sort()
    } catch (error) {
      return whyUnseen(folder, error)
    }
    const value: KeptArtefact[] = []
    for (const name of names.slice(0, mostEntries)) {
      const path = join(folder, name)
      const file = sightFile(path)
      if ('state' in file) {
        if (file.state === 'absent') continue // gone between two looks
        return file
      }
      const fault = plainName.test(name) ? await faultOf(path, file, signal) : 'its name holds odd characters'
      value.push({name, mode: file.mode, bytes: file.bytes, fault})
    }
    return {state: 'known', value}
  },
}

async function faultOf(path: string, file: KeptFile, signal: AbortSignal): Promise<string | null> {
  try {
    if (file.kind === 'file') return await readThrough(path, file, signal)
    if (!lstatSync(path).isDirectory()) return 'it is a link or no file at all'
    readdirSync(path)
    return (file.mode & 0o077) === 0 ? null : openTo(file.mode)
  } catch (error) {
    if (signal.aborted) throw error
    return `it cannot be read: ${messageOf(error)}`
  }
}

function openTo(mode: number): string {
  return `others may read it (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`
}

/** To the last byte; what says that it is gzip is unpacked into nothing, which checks length and CRC. */
async function readThrough(path: string, {bytes, mode}: KeptFile, signal: AbortSignal): Promise<string | null> {
  if ((mode & 0o077) !== 0) return openTo(mode)
  const packed = /\.(?:t?gz)$/.test(path)
  if (packed && bytes === 0) return 'it is empty'
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  const source = handle.createReadStream({signal})
  const nothing = new Writable({write: (_chunk, _encoding, done) => done()})
  if (!packed) return pipeline(source, nothing).then(() => null)
  return pipeline(source, createGunzip(), nothing).then(
    () => null,
    error => {
      if (signal.aborted) throw error
      return `its gzip data is broken: ${messageOf(error)}`
    },
  )
}
