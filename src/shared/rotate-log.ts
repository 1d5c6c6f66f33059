import {createReadStream, createWriteStream} from 'node:fs'
import {open, readdir, rename, rm, stat} from 'node:fs/promises'
import {basename, dirname} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {createGzip} from 'node:zlib'
import {errnoCode} from './errors.ts'

/**
 * The names of rotated logs: `access.log.1` is the newest and plain, older ones are `access.log.2.gz` and so on. At every
 * moment a line stands in exactly one of them, also when the process is killed half-way.
 */
interface Rotated {
  readonly path: string
  readonly number: number
  readonly gzip: boolean
}

/** `.1` becomes `.2` and so on, `path` becomes `.1`; what would be beyond `keep` goes. */
export async function shiftRotated(path: string, keep: number): Promise<void> {
  const all = await listRotated(path)
  // Behind a gap nothing has to move.
  let firstFree = 1
  while (all.some(({number}) => number === firstFree)) firstFree++
  const downwards = all.sort((a, b) => b.number - a.number)
  for (const {path: from, number, gzip} of downwards) {
    const moved = number < firstFree ? number + 1 : number
    if (moved > keep) await rm(from, {force: true})
    else if (moved !== number) await rename(from, `${path}.${moved}${gzip ? '.gz' : ''}`)
  }
  await rename(path, `${path}.1`).catch((error: unknown) => {
    if (errnoCode(error) !== 'ENOENT') throw error // else somebody else has renamed it
  })
  if (keep === 0) await rm(`${path}.1`, {force: true})
}

/** Compresses every plain one from `.2` on, oldest first. */
export async function compressRotated(path: string): Promise<void> {
  const plain = (await listRotated(path)).filter(({number, gzip}) => number >= 2 && !gzip)
  for (const each of plain.sort((a, b) => b.number - a.number)) await compress(each.path)
}

/** What an interrupted compression left: half an archive goes, a whole one gets its name. */
export async function tidyRotated(path: string): Promise<void> {
  const prefix = `${basename(path)}.`
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(prefix) && /^\d{1,4}\.gz\.tmp$/.test(name.slice(prefix.length)))
      await rm(`${dirname(path)}/${name}`, {force: true})
  }
  for (const each of await listRotated(path)) {
    if (!each.gzip && (await isGzip(each.path))) await rename(each.path, `${each.path}.gz`)
  }
}

async function listRotated(path: string): Promise<Rotated[]> {
  const prefix = `${basename(path)}.`
  const entries = await readdir(dirname(path), {withFileTypes: true}).catch((error: unknown) => {
    if (errnoCode(error) === 'ENOENT') return [] // the folder was removed: there is nothing to move
    throw error
  })
  return entries.flatMap(entry => {
    const {name} = entry
    const match =
      entry.isFile() && name.startsWith(prefix) ? /^([1-9]\d{0,3})(\.gz)?$/.exec(name.slice(prefix.length)) : null
    if (match === null) return []
    return [{path: `${dirname(path)}/${name}`, number: Number(match[1]), gzip: match[2] !== undefined}]
  })
}

/**
 * The archive takes the plain file's name first and its own after that: one rename each, so that no line ever stands in
 * two files or in none. A reader that has the plain one open reads on in it.
 */
async function compress(path: string): Promise<void> {
  const temporary = `${path}.gz.tmp`
  await rm(temporary, {force: true})
  const before = await stat(path)
  if (!before.isFile()) return
  try {
    await pipeline(
      createReadStream(path, {highWaterMark: 256 * 1024}),
      createGzip({level: 6, chunkSize: 64 * 1024}),
      createWriteStream(temporary, {flags: 'wx', mode: before.mode & 0o777}),
    )
    const file = await open(temporary, 'r+')
    try {
      await file.utimes(before.atime, before.mtime)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await rename(path, `${path}.gz`)
  } catch (error) {
    await rm(temporary, {force: true})
    throw error
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}
