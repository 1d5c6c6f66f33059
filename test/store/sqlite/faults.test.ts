import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import Sqlite from 'better-sqlite3'
import {describe, expect, it, vi} from 'vitest'
import {atEnd} from '../../helpers/at-end.ts'
import {packageRoot} from '../../helpers/package-root.ts'
import {skipTest} from '../../helpers/skip-test.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {idsIn, lineOf, openRequests} from './request-files.ts'

describe('writing to a database', () => {
  it('goes on in a new file when somebody removed it, and nothing that came later is lost', async () => {
    const path = join(tempDir(), 'state', 'requests.db')
    const {write, said} = openRequests(path)
    await write(lineOf('1'))
    rmSync(path)
    await write(lineOf('2'))
    expect(idsIn(path)).toEqual(['2'])
    expect(said).toEqual([`replaced: ${path} was removed; a new one is begun`])
  })

  it('goes on when the whole folder was removed', async () => {
    const path = join(tempDir(), 'state', 'requests.db')
    const {write} = openRequests(path)
    await write(lineOf('1'))
    rmSync(join(path, '..'), {recursive: true})
    await write(lineOf('2'))
    expect(idsIn(path)).toEqual(['2'])
  })

  it('notices a removed file without traffic, within five seconds', async () => {
    const path = join(tempDir(), 'requests.db')
    const {write} = openRequests(path)
    await write(lineOf('1'))
    rmSync(path)
    await vi.waitFor(() => expect(existsSync(path)).toBe(true), {timeout: 5000})
  })

  it('waits while another process holds the lock, warns once, and loses nothing', async () => {
    const path = join(tempDir(), 'requests.db')
    const {write, said, file} = openRequests(path)
    await write(lineOf('1'))
    const other = new Sqlite(path)
    other.exec('BEGIN IMMEDIATE')
    const [second, third] = [write(lineOf('2')), write(lineOf('3'))]
    await vi.waitFor(() => expect(said).toEqual([expect.stringMatching(/^trouble: .*locked/)]), {timeout: 3000})
    await new Promise(resolve => setTimeout(resolve, 2500)) // several tries pass
    expect(file.state).toBe('failing')
    other.exec('COMMIT')
    other.close()
    await Promise.all([second, third])
    expect(said).toHaveLength(2)
    expect(said[1]).toBe('recovered')
    expect(idsIn(path)).toEqual(['1', '2', '3'])
  })

  it('survives a full disk, and recovers within five seconds', async () => {
    const folder = tmpfs('size=600k')
    const path = join(folder, 'requests.db')
    const {write, said} = openRequests(path)
    await write(lineOf('first'))
    const filler = join(folder, 'filler')
    for (let size = 600; size > 0; size -= 4) {
      try {
        writeFileSync(filler, Buffer.alloc(size * 1024))
        break
      } catch {
        // still too large
      }
    }
    const lines = Array.from({length: 3000}, (_, row) => lineOf(`r-${row}`))
    const all = Promise.all([write(...lines.slice(0, 300)), write(...lines.slice(300, 600))])
    await vi.waitFor(() => expect(said[0]).toMatch(/^trouble: .*full/), {timeout: 5000})
    rmSync(filler)
    const freed = performance.now()
    await all
    expect(performance.now() - freed).toBeLessThan(5000)
    expect(idsIn(path)).toHaveLength(601)
    expect(said.filter(text => text.startsWith('trouble'))).toHaveLength(1)
    expect(said.some(text => text.startsWith('replaced'))).toBe(false)
  })

  it('survives a disk that is full before there is a database', async () => {
    const folder = tmpfs('size=64k')
    writeFileSync(join(folder, 'filler'), Buffer.alloc(60 * 1024))
    const path = join(folder, 'requests.db')
    const {write, said} = openRequests(path)
    const written = write(lineOf('1'))
    await vi.waitFor(() => expect(said).toHaveLength(1), {timeout: 5000})
    await new Promise(resolve => setTimeout(resolve, 2500)) // several tries pass
    expect(said).toEqual([expect.stringMatching(/^trouble: /)])
    execFileSync('mount', ['-o', 'remount,size=1m', folder])
    await written
    expect(idsIn(path)).toEqual(['1'])
    expect(said).toEqual([expect.stringMatching(/^trouble: /), 'recovered'])
  })

  it('survives a file system that turns read-only, and recovers', async () => {
    const folder = tmpfs('size=2m')
    const path = join(folder, 'requests.db')
    const {write, said, file} = openRequests(path)
    await write(lineOf('1'))
    await file.close(1000)
    execFileSync('mount', ['-o', 'remount,ro', folder])
    const again = openRequests(path)
    const written = again.write(lineOf('2'))
    await vi.waitFor(() => expect(again.said).toHaveLength(1), {timeout: 5000})
    expect(again.said[0]).toMatch(/^trouble: /)
    execFileSync('mount', ['-o', 'remount,rw', folder])
    await written
    expect(idsIn(path)).toEqual(['1', '2'])
    expect(said).toEqual([])
  })

  it('keeps every acknowledged row through kill -9', async () => {
    const path = join(tempDir(), 'requests.db')
    const script = join(packageRoot, 'test/store/sqlite/writes-until-killed.mjs')
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [script, path, String(round)], {stdio: ['ignore', 'pipe', 'inherit']})
      let acknowledged = ''
      child.stdout.setEncoding('utf8').on('data', chunk => {
        acknowledged += chunk
      })
      await vi.waitFor(() => expect(acknowledged.split('\n').length).toBeGreaterThan(50), {timeout: 10_000})
      child.kill('SIGKILL')
      await once(child, 'close')
      const ids = new Set(idsIn(path))
      const missing = acknowledged.split('\n').filter((id, at, all) => at < all.length - 1 && !ids.has(id))
      expect(missing).toEqual([])
    }
  })
})

describe('retention', () => {
  it('lets rows older than max_age go, and keeps the others', async () => {
    const path = join(tempDir(), 'requests.db')
    const {write} = openRequests(path, {maxAgeMs: 3_600_000})
    const old = new Date(Date.now() - 2 * 3_600_000).toISOString()
    await write(...Array.from({length: 2500}, (_, row) => lineOf(`old-${row}`, old)), lineOf('new'))
    await vi.waitFor(() => expect(idsIn(path)).toEqual(['new']), {timeout: 5000, interval: 100})
  })

  it('keeps the file below max_size, and the newest rows in it', async () => {
    const path = join(tempDir(), 'requests.db')
    const maxBytes = 2 * 1024 * 1024
    const {write} = openRequests(path, {maxBytes})
    const at = Date.now()
    for (let batch = 0; batch < 60; batch++) {
      await write(
        ...Array.from({length: 500}, (_, row) =>
          lineOf(`r-${batch * 500 + row}`, new Date(at + batch * 500 + row).toISOString()),
        ),
      )
    }
    const size = (): number => statSync(path).size + (existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0)
    expect(size()).toBeGreaterThan(0)
    await vi.waitFor(() => expect(size()).toBeLessThanOrEqual(maxBytes), {timeout: 10_000, interval: 100})
    const ids = idsIn(path)
    expect(ids).toContain('r-29999')
    expect(ids).not.toContain('r-0')
    expect(ids.length).toBeGreaterThan(1000)
  })
})

/** A small file system of its own; only root can make one. */
function tmpfs(options: string): string {
  const folder = join(tempDir(), 'disk')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], {stdio: 'ignore'})
  } catch {
    skipTest('mounting a tmpfs needs root')
  }
  atEnd(() => void execFileSync('umount', ['-l', folder]))
  return folder
}
