import {closeSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {writeNow} from '../../src/shared/write-now.ts'
import {tempDir} from '../helpers/temp-dir.ts'

it('has written all of it when it returns', () => {
  const path = join(tempDir(), 'out')
  const fd = openSync(path, 'w')
  expect(writeNow(fd, 'héllo')).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe('héllo')
  closeSync(fd)
})

it('says so where nothing takes it, and does not throw', () => {
  const fd = openSync('/dev/full', 'w')
  expect(writeNow(fd, 'hello')).toBe(false)
  closeSync(fd)
})
