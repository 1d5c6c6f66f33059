import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {listLogFiles} from '../../src/logs/log-files.ts'
import {tailFile} from '../../src/logs/tail-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'only1mcp-logs-'))
})
afterEach(() => rmSync(folder, {recursive: true, force: true}))

describe('listLogFiles', () => {
  test('finds ours, current and rotated, and passes over everything else', () => {
    const names = [
      'error.log',
      'error.log.2.gz',
      'error.log.1',
      'access.log',
      'error.log.bak',
      'syslog',
      'only1mcp.log.gz',
    ]
    for (const name of names) writeFileSync(join(folder, name), '')
    const listed = listLogFiles(folder)
    expect(listed.state === 'known' && listed.files.map(({name, rotation, gzip}) => [name, rotation, gzip])).toEqual([
      ['access.log', 0, false],
      ['error.log', 0, false],
      ['error.log.1', 1, false],
      ['error.log.2.gz', 2, true],
    ])
  })

  test('says that there is no such folder', () => {
    expect(listLogFiles(join(folder, 'none'))).toEqual({
      state: 'absent',
      why: `there is no log folder ${join(folder, 'none')}`,
    })
  })
})

describe('tailFile', () => {
  const path = () => join(folder, 'error.log')

  test.each([
    ['all of a short file', 'one\ntwo\n', 100, ['one', 'two'], false],
    ['only whole lines', 'first\nsecond\nthird\n', 9, ['third'], true],
    ['a line that starts exactly at the cut', 'first\nsecond\n', 7, ['second'], true],
    ['nothing of a line longer than the limit', 'x'.repeat(50), 10, [], true],
    ['a last line without its end', 'one\ntwo', 100, ['one', 'two'], false],
    ['nothing of an empty file', '', 100, [], false],
  ] as const)('gives %s', (_, text, max, lines, truncated) => {
    writeFileSync(path(), text)
    expect(tailFile(path(), max)).toEqual({state: 'known', lines, truncated})
  })

  test('shows bytes that are no UTF-8 as U+FFFD', () => {
    writeFileSync(path(), Buffer.from([0x61, 0xff, 0x62, 0x0a]))
    expect(tailFile(path(), 100)).toMatchObject({lines: ['a\ufffdb']})
  })

  test('refuses a FIFO, a link and a folder without a wait', () => {
    execFileSync('mkfifo', [path()])
    expect(tailFile(path(), 100)).toEqual({state: 'error', why: `${path()} is not a regular file`})
    symlinkSync('/etc/passwd', join(folder, 'link'))
    expect(tailFile(join(folder, 'link'), 100)).toMatchObject({
      state: 'error',
      why: expect.stringContaining('symbolic link'),
    })
    mkdirSync(join(folder, 'sub'))
    expect(tailFile(join(folder, 'sub'), 100)).toMatchObject({state: 'error'})
    expect(tailFile(join(folder, 'none'), 100)).toMatchObject({state: 'absent'})
  })
})
