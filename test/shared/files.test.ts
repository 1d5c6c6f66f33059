import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {writeAll, writeFileAtomic} from '../../src/shared/files.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'only1mcp-files-'))
})
afterEach(() => rmSync(folder, {recursive: true, force: true}))

describe('a file that is written whole', () => {
  it('holds the text, for its owner alone, and leaves nothing beside it', () => {
    const path = join(folder, 'a.json')
    writeFileAtomic(path, 'é1')
    writeFileAtomic(path, 'é2')
    expect(readFileSync(path, 'utf8')).toBe('é2')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['a.json'])
    writeFileAtomic(path, '', 0o640)
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(statSync(path).size).toBe(0)
  })

  it('takes the place of a link, not of what the link points to', () => {
    const victim = join(folder, 'victim')
    writeFileSync(victim, 'untouched')
    const path = join(folder, 'a')
    symlinkSync(victim, path)
    symlinkSync(victim, `${path}.${process.pid}.tmp`)
    writeFileAtomic(path, 'new')
    expect(readFileSync(victim, 'utf8')).toBe('untouched')
    expect(lstatSync(path).isSymbolicLink()).toBe(false)
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  it('is not written when it cannot be, and nothing is left of the try', () => {
    expect(() => writeFileAtomic(join(folder, 'none', 'a'), 'x')).toThrow('ENOENT')
    mkdirSync(join(folder, 'taken'))
    expect(() => writeFileAtomic(join(folder, 'taken'), 'x')).toThrow()
    expect(readdirSync(folder)).toEqual(['taken'])
  })
})

it('bytes written to a descriptor all arrive', () => {
  const bytes = Buffer.alloc(3_000_000, 'abc')
  const fd = openSync(join(folder, 'large'), 'w')
  writeAll(fd, bytes)
  closeSync(fd)
  expect(readFileSync(join(folder, 'large')).equals(bytes)).toBe(true)
})
