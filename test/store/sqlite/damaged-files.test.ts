import {execFileSync} from 'node:child_process'
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import Sqlite from 'better-sqlite3'
import {describe, expect, it} from 'vitest'
import {tempDir} from '../../helpers/temp-dir.ts'
import {idsIn, lineOf, openRequests} from './request-files.ts'

/** A database of ours with a few hundred rows, closed in good order. */
async function filledDatabase(): Promise<string> {
  const path = join(tempDir(), 'requests.db')
  const {file, write} = openRequests(path)
  await write(...Array.from({length: 400}, (_, row) => lineOf(`old-${String(row).padStart(4, '0')}`)))
  await file.close(2000)
  return path
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, bytes, 0, bytes.length, at)
  closeSync(fd)
}

const noise = (length: number): Buffer => Buffer.from(Array.from({length}, (_, at) => (at * 167 + 13) % 256))

const kinds: readonly {readonly what: string; readonly spoil: (path: string) => void}[] = [
  {
    what: 'truncated in the middle',
    spoil: path => truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096),
  },
  {what: 'with a header of zeros', spoil: path => overwrite(path, 0, Buffer.alloc(100))},
  {what: 'of garbage', spoil: path => writeFileSync(path, noise(20_000))},
  {what: 'with a page of garbage in the middle', spoil: path => overwrite(path, 5 * 4096, noise(4096))},
  {what: 'with a write-ahead log of garbage', spoil: path => writeFileSync(`${path}-wal`, noise(9000))},
  {what: 'that is empty', spoil: path => truncateSync(path, 0)},
  {
    what: 'that is a folder',
    spoil: path => {
      rmSync(path)
      mkdirSync(path)
    },
  },
  {
    what: 'that is a FIFO',
    spoil: path => {
      rmSync(path)
      execFileSync('mkfifo', [path])
    },
  },
  {
    what: 'that is a symbolic link',
    spoil: path => {
      renameSync(path, `${path}.elsewhere`)
      symlinkSync(`${path}.elsewhere`, path)
    },
  },
  {
    what: 'of another application, with a table of the same name',
    spoil: path => {
      rmSync(path)
      const db = new Sqlite(path)
      db.exec('CREATE TABLE request_logs (id INTEGER, secret TEXT)')
      db.close()
    },
  },
]

describe('a database file', () => {
  it.each(kinds)('$what is put aside, with one warning, and rows go into a new one', async ({spoil}) => {
    const path = await filledDatabase()
    spoil(path)
    const {write, said} = openRequests(path)
    await write(lineOf('new-1'), lineOf('new-2'))

    expect(idsIn(path)).toEqual(['new-1', 'new-2'])
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(
      /^replaced: .*requests\.db cannot be used \(.+\); it is kept as .*\.corrupt-.* and a new one/,
    )
    const folder = join(path, '..')
    const aside = readdirSync(folder).filter(name => /^requests\.db\.corrupt-\d{8}T\d{9}Z$/.test(name))
    expect(aside).toHaveLength(1)
    expect(lstatSync(path).mode & 0o777).toBe(0o600)
  })

  it('of another application is kept byte for byte', async () => {
    const path = join(tempDir(), 'requests.db')
    const other = new Sqlite(path)
    other.exec('CREATE TABLE customers (name TEXT); INSERT INTO customers VALUES (1)')
    other.close()
    const before = readFileSync(path)
    const {write} = openRequests(path)
    await write(lineOf('a'))
    const aside = readdirSync(join(path, '..')).find(name => name.includes('.corrupt-')) ?? ''
    expect(readFileSync(join(path, '..', aside)).equals(before)).toBe(true)
  })

  it('damaged again and again leaves three copies behind, not more', async () => {
    const path = join(tempDir(), 'requests.db')
    for (let round = 0; round < 6; round++) {
      writeFileSync(path, noise(5000 + round))
      const {file, write} = openRequests(path)
      await write(lineOf(`round-${round}`))
      await file.close(2000)
    }
    expect(readdirSync(join(path, '..')).filter(name => name.includes('.corrupt-'))).toHaveLength(3)
  })

  it('spoiled while it is open is replaced, and the batch that met the damage is in the new one', async () => {
    const path = await filledDatabase()
    const {write, said} = openRequests(path)
    await write(lineOf('before'))
    overwrite(path, 0, Buffer.alloc(statSync(path).size, 0x5a))
    rmSync(`${path}-wal`)
    await write(lineOf('after'))
    expect(idsIn(path)).toEqual(['after'])
    expect(said.join()).toContain('cannot be used')
  })
})
