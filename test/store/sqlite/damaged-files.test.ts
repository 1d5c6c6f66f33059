import {lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import Sqlite from 'better-sqlite3'
import {describe, expect, it} from 'vitest'
import {tempDir} from '../../helpers/temp-dir.ts'
import {damages, noise, overwrite} from './damages.ts'
import {idsIn, lineOf, openRequests} from './request-files.ts'

/** A database of ours with a few hundred rows, closed in good order. */
async function filledDatabase(): Promise<string> {
  const path = join(tempDir(), 'requests.db')
  const {file, write} = openRequests(path)
  await write(...Array.from({length: 400}, (_, row) => lineOf(`old-${String(row).padStart(4, '0')}`)))
  await file.close(2000)
  return path
}

describe('a database file', () => {
  it.each(damages)('$what is put aside, with one warning, and rows go into a new one', async ({spoil}) => {
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
