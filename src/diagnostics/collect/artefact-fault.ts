import {constants, readdirSync} from 'node:fs'
import {open} from 'node:fs/promises'
import {join} from 'node:path'
import {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip} from 'node:zlib'
import {messageOf} from '../../shared/errors.ts'
import {sightFile} from './kept-file.ts'

/** What a journal or an unpacked backup has at most; more is not gone into. */
const mostFiles = 10_000

/** Why a file, or a folder with all that is in it, cannot be relied on; null where it can. */
export async function artefactFault(path: string, signal: AbortSignal): Promise<string | null> {
  const waiting = [path]
  for (let seen = 0; seen < mostFiles; seen++) {
    const next = waiting.shift()
    if (next === undefined) return null
    const fault = await faultOfOne(next, waiting, signal)
    if (fault !== null) return next === path ? fault : `${next.slice(path.length + 1)}: ${fault}`
  }
  return null
}

/** @param waiting gets what a folder holds */
async function faultOfOne(path: string, waiting: string[], signal: AbortSignal): Promise<string | null> {
  const file = sightFile(path)
  if ('state' in file) return file.state === 'absent' ? null : file.why // gone between two looks
  if (file.kind === 'other') return 'it is a link or no file at all'
  if ((file.mode & 0o077) !== 0) return `others may read it (mode ${(file.mode & 0o777).toString(8).padStart(4, '0')})`
  try {
    if (file.kind === 'folder') waiting.push(...readdirSync(path).map(name => join(path, name)))
    else return await readThrough(path, file.bytes, signal)
    return null
  } catch (error) {
    if (signal.aborted) throw error
    return `it cannot be read: ${messageOf(error)}`
  }
}

/** To the last byte; what says that it is gzip is unpacked into nothing, which checks length and CRC. */
async function readThrough(path: string, bytes: number, signal: AbortSignal): Promise<string | null> {
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
