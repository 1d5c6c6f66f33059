import {spawnSync} from 'node:child_process'
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {gunzipSync, gzipSync} from 'node:zlib'
import {describe, expect, it, vi} from 'vitest'
import {LogFile} from '../../src/shared/log-file.ts'
import type {LogRotation} from '../../src/shared/log-rotator.ts'
import {atEnd} from '../helpers/at-end.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const day = 86_400_000

function openLog(path: string, rotation: Partial<LogRotation> = {}): {log: LogFile; faults: string[]} {
  const faults: string[] = []
  const tell = (_: string, problem: string): number => faults.push(problem)
  const log = new LogFile(path, tell, {
    rotation: {maxBytes: 4096, maxAgeMs: day, keep: 3, ...rotation},
    onRotationFault: tell,
  })
  atEnd(() => log.close())
  return {log, faults}
}

/** Reads on in a file that is renamed, as `tail -F` does. */
class Follower {
  readonly #path: string
  #fd: number
  #inode: number
  text = ''

  constructor(path: string) {
    this.#path = path
    this.#fd = openSync(path, 'r')
    this.#inode = statSync(path).ino
  }

  read(): void {
    this.#readOn()
    const there = statSync(this.#path, {throwIfNoEntry: false})
    if (there === undefined || there.ino === this.#inode) return
    this.#readOn()
    closeSync(this.#fd)
    this.#fd = openSync(this.#path, 'r')
    this.#inode = there.ino
    this.#readOn()
  }

  close(): void {
    closeSync(this.#fd)
  }

  #readOn(): void {
    const bytes = Buffer.alloc(65_536)
    for (let count = readSync(this.#fd, bytes); count > 0; count = readSync(this.#fd, bytes))
      this.text += bytes.toString('latin1', 0, count)
  }
}

/** Every line of a log and its rotated files, oldest first. */
function allLines(path: string): string[] {
  const numbers = readdirSync(join(path, '..'))
    .flatMap(name => /\.log\.(\d+)(?:\.gz)?$/.exec(name)?.[1] ?? [])
    .map(Number)
  const files = [...new Set(numbers)].sort((a, b) => b - a)
  const texts = files.map(number => {
    const there = [`${path}.${number}`, `${path}.${number}.gz`].filter(name => statSync(name, {throwIfNoEntry: false}))
    expect(there).toHaveLength(1)
    const bytes = readFileSync(there[0] ?? '')
    return there[0]?.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString()
  })
  return [...texts, readFileSync(path, 'utf8')].join('').split('\n').slice(0, -1)
}

const names = (folder: string): string[] => readdirSync(folder).sort()

describe('a log that grows beyond its size', () => {
  it('loses and doubles no line in 20 rotations, neither in its files nor for a reader that follows', async () => {
    const path = join(tempDir(), 'access.log')
    const {log, faults} = openLog(path, {keep: 100})
    const follower = new Follower(path)
    atEnd(() => follower.close())
    let written = 0
    while (!readdirSync(join(path, '..')).some(name => /\.2[0-9](\.gz)?$/.test(name))) {
      for (let i = 0; i < 40; i++) log.write(`number ${written++}\n`)
      log.flush()
      await new Promise(resolve => setImmediate(resolve))
      follower.read()
    }
    log.flushSync()
    await vi.waitFor(() => expect(names(join(path, '..')).filter(name => /\.tmp$/.test(name))).toEqual([]))
    follower.read()
    const expected = Array.from({length: written}, (_, number) => `number ${number}`)
    expect(allLines(path)).toEqual(expected)
    expect(follower.text.split('\n').slice(0, -1)).toEqual(expected)
    expect([log.lost, faults]).toEqual([0, []])
  })

  it('keeps as many files as it should, the newest plain and the others compressed', async () => {
    const folder = tempDir()
    const path = join(folder, 'error.log')
    writeFileSync(`${path}.9.gz`, gzipSync('of a setting that kept more\n'))
    const {log} = openLog(path)
    for (let rotation = 1; rotation <= 6; rotation++) {
      log.write(`${String(rotation).repeat(4000)}\n`)
      log.flush()
      await vi.waitFor(() => expect(readFileSync(path, 'utf8')[0]).toBe(String(rotation)))
      await vi.waitFor(() => expect(names(folder).some(name => /\.([2-8]|gz\.tmp)$/.test(name))).toBe(false))
    }
    expect(names(folder)).toEqual(['error.log', 'error.log.1', 'error.log.2.gz', 'error.log.3.gz'])
    expect(allLines(path).map(line => line[0])).toEqual(['3', '4', '5', '6'])
    expect(statSync(`${path}.3.gz`).mode & 0o777).toBe(0o640)
  })

  it('keeps none where none is wanted', async () => {
    const folder = tempDir()
    const path = join(folder, 'error.log')
    const {log} = openLog(path, {keep: 0})
    for (const letter of 'abc') {
      log.write(`${letter.repeat(4000)}\n`)
      log.flush()
      await vi.waitFor(() => expect(readFileSync(path, 'utf8')[0]).toBe(letter))
    }
    expect(names(folder)).toEqual(['error.log'])
  })

  it('is written on where it cannot be rotated, and that is told once', async () => {
    const folder = tempDir()
    const path = join(folder, 'error.log')
    mkdirSync(join(folder, 'error.log.1', 'in-the-way'), {recursive: true})
    const {log, faults} = openLog(path)
    for (let i = 0; i < 3; i++) {
      log.write(`${'x'.repeat(4000)}\n`)
      log.flush()
      await vi.waitFor(() => expect(statSync(path).size).toBe(4001 * (i + 1)))
    }
    expect(faults.length).toBe(1)
    expect(log.lost).toBe(0)
  })
})

describe('a log that becomes too old', () => {
  it('is rotated by the next line, however small it is', async () => {
    const path = join(tempDir(), 'access.log')
    writeFileSync(path, 'of the day before yesterday\n')
    utimesSync(path, new Date(Date.now() - 2 * day), new Date(Date.now() - 2 * day))
    const {log} = openLog(path)
    log.write('of today\n')
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('of today\n'))
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('of the day before yesterday\n')
  })

  it('is not rotated while it is empty', async () => {
    const path = join(tempDir(), 'access.log')
    const {log} = openLog(path, {maxAgeMs: 1})
    log.write('first\n')
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('first\n'))
    expect(names(join(path, '..'))).toEqual(['access.log'])
  })
})

describe('a compression that was interrupted', () => {
  it('is begun again at the next start, and every line stands in one file', async () => {
    const folder = tempDir()
    const path = join(folder, 'access.log')
    writeFileSync(`${path}.4`, gzipSync('4\n')) // killed between the two renames
    writeFileSync(`${path}.3`, '3\n')
    writeFileSync(`${path}.3.gz.tmp`, gzipSync('3\n').subarray(0, 12)) // killed half-way
    writeFileSync(`${path}.2`, '2\n') // killed before it
    writeFileSync(`${path}.1`, '1\n')
    const {faults} = openLog(path, {keep: 9})
    await vi.waitFor(() =>
      expect(names(folder)).toEqual([
        'access.log',
        'access.log.1',
        'access.log.2.gz',
        'access.log.3.gz',
        'access.log.4.gz',
      ]),
    )
    expect(allLines(path)).toEqual(['4', '3', '2', '1'])
    expect(faults).toEqual([])
  })
})

describe('a log that another program rotates', () => {
  it('is followed to its new file without a signal, after some seconds', async () => {
    const path = join(tempDir(), 'access.log')
    const {log} = openLog(path)
    log.write('old\n')
    log.flushSync()
    renameSync(path, `${path}.1`)
    writeFileSync(path, '', {mode: 0o640}) // logrotate's `create`
    await vi.waitFor(
      () => {
        log.write('more\n')
        expect(readFileSync(path, 'utf8')).toContain('more')
      },
      {timeout: 9000, interval: 100},
    )
    expect(log.lost).toBe(0)
  })

  it('goes on at the beginning of one that was truncated', async () => {
    const path = join(tempDir(), 'access.log')
    const {log} = openLog(path, {maxBytes: 100_000})
    log.write(`${'x'.repeat(9000)}\n`)
    log.flushSync()
    truncateSync(path)
    log.write('after\n')
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('after\n'))
  })
})

describe('a log file that leads elsewhere', () => {
  it('is refused with what it is', () => {
    const folder = tempDir()
    spawnSync('mkfifo', [join(folder, 'pipe')])
    writeFileSync(join(folder, 'victim'), 'precious\n')
    linkSync(join(folder, 'victim'), join(folder, 'hard-link'))
    expect(() => openLog(join(folder, 'pipe'))).toThrow(/pipe is a named pipe or a socket, not a regular file/)
    expect(() => openLog(join(folder, 'hard-link'))).toThrow(/hard-link has 2 names/)
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious\n')
  })

  it.skipIf(process.getuid?.() !== 0)('is refused where it belongs to somebody else', () => {
    const path = join(tempDir(), 'error.log')
    writeFileSync(path, '')
    spawnSync('chown', ['nobody', path])
    expect(() => openLog(path)).toThrow(/error\.log belongs to the user nobody, not to root/)
  })
})

describe('a disk that was full', () => {
  it('loses lines, counts them, ends the torn line, and tells once how many were lost', () => {
    const folder = tempDir()
    const path = join(folder, 'error.log')
    const code = `
      const {LogFile} = await import(${JSON.stringify(new URL('../../src/shared/log-file.ts', import.meta.url).href)})
      const {truncateSync} = await import('node:fs')
      const told = []
      const log = new LogFile(${JSON.stringify(path)}, (path, problem) => told.push(problem), {
        onRecovered: (path, lost) => told.push(lost),
      })
      const write = async text => {
        log.write(text + '\\n')
        await new Promise(resolve => setTimeout(resolve, 150))
      }
      await write('x'.repeat(900))
      for (let i = 0; i < 3; i++) await write('y'.repeat(300))
      truncateSync(log.path, 950)
      await write('z')
      await write('z')
      console.log(JSON.stringify({lost: log.lost, told}))`
    // The limit of a file's size stands in for a disk that is full: 1024 bytes, where the unit is 512 or 1024.
    const script = 'trap "" XFSZ; ulimit -f 2; exec "$0" --input-type=module -e "$1"'
    const child = spawnSync('sh', ['-c', script, process.execPath, code], {encoding: 'utf8'})
    expect(JSON.parse(child.stdout || child.stderr)).toEqual({lost: 3, told: [expect.stringContaining('EFBIG'), 3]})
    const text = readFileSync(path, 'utf8')
    expect(text.split('\n')).toEqual(['x'.repeat(900), 'y'.repeat(49), 'z', 'z', ''])
    rmSync(path)
  })
})
