import {chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {keyFor, openSessionKeys} from '../../../src/proxy/shared/session-keys.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

function open(folder: string, configured = {}) {
  const warnings: string[] = []
  return {keys: openSessionKeys(configured, folder, message => warnings.push(message)), warnings}
}

describe('the key of session ids', () => {
  it('is made once, for its owner only, and is the same after a restart', () => {
    const folder = tempDir()
    const [first, second] = [open(folder), open(folder)]
    expect(first.warnings).toEqual([])
    expect(second.keys.current).toEqual(first.keys.current)
    expect(readFileSync(join(folder, 'session.key'))).toEqual(first.keys.current)
    expect(lstatSync(join(folder, 'session.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['session.key'])
  })

  it('of the configuration is the same on all machines, and leaves no file', () => {
    const [one, two] = [tempDir(), tempDir()]
    const configured = {session_key: 'a'.repeat(64)}
    expect(open(one, configured).keys).toEqual(open(two, configured).keys)
    expect(open(one, {session_key: 'b'.repeat(64)}).keys.current).not.toEqual(open(two, configured).keys.current)
    expect(readdirSync(one)).toEqual([])
  })

  it.each([
    ['empty', (path: string) => writeFileSync(path, '', {mode: 0o600})],
    ['cut off', (path: string) => writeFileSync(path, 'x'.repeat(31), {mode: 0o600})],
    ['too long', (path: string) => writeFileSync(path, 'x'.repeat(5000), {mode: 0o600})],
    [
      'open to others',
      (path: string) => {
        writeFileSync(path, 'x'.repeat(32))
        chmodSync(path, 0o644)
      },
    ],
  ])('that is %s is made anew, with a warning', (_, spoil) => {
    const folder = tempDir()
    spoil(join(folder, 'session.key'))
    const {keys, warnings} = open(folder)
    expect(warnings).toHaveLength(1)
    expect(keys.current).toHaveLength(32)
    expect(keys.current.equals(Buffer.from('x'.repeat(32)))).toBe(false)
    expect(open(folder)).toEqual({keys, warnings: []})
  })

  it.each([
    [
      'a link',
      (path: string) => {
        writeFileSync(`${path}.elsewhere`, 'x'.repeat(32), {mode: 0o600})
        symlinkSync(`${path}.elsewhere`, path)
      },
    ],
    ['a folder', (path: string) => mkdirSync(path)],
  ])('that is %s is left alone: the process has a key of its own', (_, place) => {
    const folder = tempDir()
    const path = join(folder, 'session.key')
    place(path)
    const before = lstatSync(path).ino
    const {keys, warnings} = open(folder)
    expect(keys.current.equals(Buffer.from('x'.repeat(32)))).toBe(false)
    expect(keys.current).toHaveLength(32)
    expect(warnings).toHaveLength(1)
    expect(lstatSync(path).ino).toBe(before)
  })

  it('differs for each purpose', () => {
    const {keys} = open(tempDir(), {session_key: 'a'.repeat(64), previous_session_key: 'b'.repeat(64)})
    const [sessions, states] = [keyFor(keys, 'session id'), keyFor(keys, 'request state')]
    expect(new Set([...sessions, ...states].map(key => key.toString('hex'))).size).toBe(4)
  })
})
