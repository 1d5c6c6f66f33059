import {spawnSync} from 'node:child_process'
import {mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {LogFile} from '../../src/shared/log-file.ts'
import {atEnd} from '../helpers/at-end.ts'
import {tempDir} from '../helpers/temp-dir.ts'

function openLog(path: string): {log: LogFile; faults: string[]} {
  const faults: string[] = []
  const log = new LogFile(path, (_, problem) => faults.push(problem))
  atEnd(() => log.close())
  return {log, faults}
}

describe('a log file', () => {
  it('holds every line in its order soon after it was written, behind what was there', async () => {
    const path = join(tempDir(), 'access.log')
    const first = openLog(path).log
    first.write('before\n')
    first.close()
    const {log, faults} = openLog(path)
    const lines = Array.from({length: 20_000}, (_, number) => `line ${number} é\n`)
    for (const line of lines) log.write(line)
    const expected = `before\n${lines.join('')}`
    await vi.waitFor(() => expect(readFileSync(path, 'utf8').length).toBe(expected.length), {timeout: 5000})
    expect(readFileSync(path, 'utf8')).toBe(expected)
    expect([log.lost, faults, statSync(path).mode & 0o777]).toEqual([0, [], 0o640])
  })

  it('is complete once it was flushed or closed', () => {
    const path = join(tempDir(), 'error.log')
    const {log} = openLog(path)
    log.write('a\n')
    log.flushSync()
    expect(readFileSync(path, 'utf8')).toBe('a\n')
    log.write('b\n')
    log.close()
    log.close()
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
    log.write('late\n')
    expect(log.lost).toBe(1)
  })

  it('goes on in a new file when it was renamed and reopened, and loses no line', async () => {
    const path = join(tempDir(), 'access.log')
    const {log} = openLog(path)
    log.write('old\n')
    log.flushSync()
    renameSync(path, `${path}.1`)
    log.write('still old\n')
    log.reopen()
    await vi.waitFor(() => expect(statSync(path).isFile()).toBe(true))
    log.write('new\n')
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('new\n'))
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('old\nstill old\n')
  })

  it('tells once that it cannot be reopened, and goes on in the former file', async () => {
    const folder = join(tempDir(), 'log')
    mkdirSync(folder)
    const path = join(folder, 'access.log')
    const {log, faults} = openLog(path)
    renameSync(folder, `${folder}-away`)
    writeFileSync(folder, 'in the way')
    log.reopen()
    await vi.waitFor(() => expect(faults.length).toBe(1))
    log.reopen()
    log.write('x\n')
    log.flushSync()
    expect(readFileSync(join(`${folder}-away`, 'access.log'), 'utf8')).toBe('x\n')
    expect(faults).toEqual([expect.stringContaining('EEXIST')])
    rmSync(`${folder}-away`, {recursive: true})
  })

  it('counts the lines that a full disk loses, tells it once, and never throws', () => {
    const path = join(tempDir(), 'error.log')
    const code = `
      const {LogFile} = await import(${JSON.stringify(new URL('../../src/shared/log-file.ts', import.meta.url).href)})
      const faults = []
      const log = new LogFile(${JSON.stringify(path)}, (path, problem) => faults.push(problem))
      for (let i = 0; i < 3; i++) {
        log.write('x'.repeat(5000) + '\\n')
        log.flushSync()
      }
      console.log(JSON.stringify({lost: log.lost, faults}))`
    // The limit of a file's size stands in for a disk that is full.
    const script = 'trap "" XFSZ; ulimit -f 1; exec "$0" --input-type=module -e "$1"'
    const child = spawnSync('sh', ['-c', script, process.execPath, code], {encoding: 'utf8'})
    expect(JSON.parse(child.stdout || child.stderr)).toEqual({lost: 3, faults: [expect.stringContaining('EFBIG')]})
  })

  it('is not opened through a link, nor where something else stands', () => {
    const folder = tempDir()
    symlinkSync(join(folder, 'victim'), join(folder, 'link'))
    mkdirSync(join(folder, 'taken'))
    expect(() => new LogFile(join(folder, 'link'), () => {})).toThrow('ELOOP')
    expect(() => new LogFile(join(folder, 'taken'), () => {})).toThrow('EISDIR')
    expect(() => new LogFile('/dev/null', () => {})).toThrow('/dev/null is not a regular file')
  })
})
