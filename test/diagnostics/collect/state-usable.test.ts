import {spawnSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {stateUsable} from '../../../src/diagnostics/collect/state-usable.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {skipTest} from '../../helpers/skip-test.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

const look = (path: string) => stateUsable.collect(path, {} as never)
const usable = {state: 'known', value: {fault: null}}

test('a folder can be used, and so can one that has to be made', async () => {
  const folder = tempDir()
  expect(await look(folder)).toMatchObject(usable)
  expect(await look(join(folder, 'not/yet/there'))).toMatchObject(usable)
})

test('a file in its place, or in the place of a folder above it, is named', async () => {
  const file = join(tempDir(), 'state')
  writeFileSync(file, '')
  expect(await look(file)).toMatchObject({value: {fault: `${file} is no folder`, remedy: `move ${file} aside`}})
  expect(await look(join(file, 'below'))).toMatchObject({value: {fault: `${file} is no folder`}})
})

test('something else in the place of the control socket is named', async () => {
  const folder = tempDir()
  mkdirSync(join(folder, 'control.sock'))
  expect(await look(folder)).toMatchObject({value: {fault: `${folder}/control.sock is no socket`}})
})

test('a read-only file system is a fault, for root too', async () => {
  const folder = join(tempDir(), 'mounted')
  mkdirSync(folder)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', folder]).status !== 0)
    skipTest('mounting needs root, and a kernel that allows it')
  atEnd(() => void spawnSync('umount', ['-l', folder]))
  expect(await look(folder)).toMatchObject({value: {fault: `${folder} is on a read-only file system`}})
})

test('without a path there is nothing to look at', async () => {
  expect(await look('')).toMatchObject({state: 'absent'})
})
