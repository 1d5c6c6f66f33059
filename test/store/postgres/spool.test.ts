import {appendFileSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {Spool} from '../../../src/store/postgres/spool.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {lineOf} from '../sqlite/request-files.ts'

function openSpool(folder: string, maxBytes = 1e9): {spool: Spool; lost: [number, string][]} {
  const lost: [number, string][] = []
  return {spool: new Spool(folder, maxBytes, (rows, why) => lost.push([rows, why])), lost}
}

const batch = (from: number, rows = 10): string =>
  Array.from({length: rows}, (_, row) => lineOf(`r-${String(from + row).padStart(6, '0')}`)).join('\n')

/** The ids of all that waits, in the order in which they come out. */
function drain(spool: Spool, atOnce = 7): string[] {
  const ids: string[] = []
  for (let rows = spool.first(atOnce); rows !== undefined; rows = spool.first(atOnce)) {
    for (const line of rows.lines) ids.push(JSON.parse(line)[0])
    spool.done(rows)
  }
  return ids
}

const ids = (count: number, from = 0): string[] =>
  Array.from({length: count}, (_, row) => `r-${String(from + row).padStart(6, '0')}`)

describe('a spool', () => {
  it('gives rows back in the order in which they came, also those that come meanwhile', () => {
    const {spool} = openSpool(join(tempDir(), 'spool'))
    for (let at = 0; at < 50; at += 10) spool.append(batch(at), 10)
    const first = spool.first(7)
    expect(spool.first(7)).toEqual(first) // until it is done
    spool.append(batch(50), 10)
    expect(spool.rows).toBe(60)
    expect(drain(spool)).toEqual(ids(60))
    expect(spool.isEmpty).toBe(true)
    expect(spool.rows).toBe(0)
  })

  it('has a folder of mode 0700 and files of mode 0600, and leaves none behind', () => {
    const folder = join(tempDir(), 'spool')
    const {spool} = openSpool(folder)
    spool.append(batch(0), 10)
    const [name = ''] = readdirSync(folder)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    drain(spool)
    expect(readdirSync(folder)).toEqual([])
  })

  it('is taken over by the next process, with the line that a kill tore dropped and counted', () => {
    const folder = join(tempDir(), 'spool')
    openSpool(folder).spool.append(batch(0), 10)
    const [name = ''] = readdirSync(folder)
    appendFileSync(join(folder, name), lineOf('r-torn').slice(0, 40))
    const {spool, lost} = openSpool(folder)
    expect(spool.rows).toBe(10)
    spool.append(batch(10), 10)
    expect(drain(spool)).toEqual(ids(20))
    expect(lost).toEqual([[1, expect.stringContaining('what is no row')]])
  })

  it('lets the oldest rows go beyond its bound, and counts them', () => {
    const folder = join(tempDir(), 'spool')
    const {spool, lost} = openSpool(folder, 6 * 1024 * 1024)
    const rows = 1000
    let at = 0
    for (; at < 60_000; at += rows) spool.append(batch(at, rows), rows)
    const size = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    expect(size).toBeLessThanOrEqual(6 * 1024 * 1024)
    const dropped = lost.reduce((sum, [count]) => sum + count, 0)
    expect(dropped).toBeGreaterThan(0)
    expect(drain(spool, 5000)).toEqual(ids(60_000 - dropped, dropped))
  })

  it('drops rows that were given out when they have to make room, without losing later ones', () => {
    const {spool, lost} = openSpool(join(tempDir(), 'spool'), batch(0, 100).length * 2)
    spool.append(batch(0, 100), 100)
    const given = spool.first(50)
    spool.append(batch(100, 100), 100)
    spool.append(batch(200, 100), 100)
    if (given) spool.done(given)
    const left = drain(spool)
    expect(left).toEqual(ids(left.length, 300 - left.length))
    expect(left.length + lost.reduce((sum, [count]) => sum + count, 0)).toBe(300)
  })

  it('goes on when its folder was removed, and counts what was in it', () => {
    const folder = join(tempDir(), 'spool')
    const {spool, lost} = openSpool(folder)
    spool.append(batch(0), 10)
    spool.close()
    rmSync(folder, {recursive: true})
    spool.append(batch(10), 10)
    spool.append(batch(20), 10)
    expect(drain(spool)).toEqual(ids(20, 10))
    expect(lost).toEqual([[10, expect.stringContaining('cannot be read (ENOENT)')]])
  })

  it('neither reads nor follows what is not its own', () => {
    const folder = join(tempDir(), 'spool')
    mkdirSync(folder)
    writeFileSync(join(folder, 'notes.txt'), 'mine\n')
    symlinkSync('/etc/passwd', join(folder, '0000000001.ndjson'))
    mkdirSync(join(folder, '0000000002.ndjson'))
    writeFileSync(join(folder, '0000000003.ndjson'), '[1]\n{}\nnull\n"x"\n')
    const {spool, lost} = openSpool(folder)
    spool.append(batch(0), 10)
    expect(drain(spool)).toEqual(ids(10))
    expect(lost).toEqual([[4, expect.any(String)]])
    expect(readdirSync(folder).sort()).toEqual(['0000000001.ndjson', '0000000002.ndjson', 'notes.txt'])
  })

  it('puts aside what stands in the place of its folder', () => {
    const folder = join(tempDir(), 'spool')
    symlinkSync('/etc', folder)
    const {spool} = openSpool(folder)
    spool.append(batch(0), 10)
    expect(drain(spool)).toEqual(ids(10))
  })
})
