import {execFileSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {loadConfig} from '../../src/config/load.ts'
import {loadConfigInProcess} from '../../src/config/load-in-process.ts'
import {tempDir} from '../helpers/temp-dir.ts'

test('the thread gives what the loader gives, with the variables it was handed', async () => {
  const path = join(tempDir(), 'config.yaml')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration
  writeFileSync(path, 'servers:\n  - id: one\n    command: cat\n    env: {TOKEN: "${TOKEN}"}\n')
  const env = {TOKEN: 'a-secret-value'}
  const loaded = await loadConfigInProcess(path, {env, forStart: true})
  expect(loaded).toEqual(loadConfig(path, {env, forStart: true}))
  expect(loaded.ok && loaded.secrets).toEqual(['a-secret-value'])
})

test('what is wrong with a file comes with its place and its frame', async () => {
  const path = join(tempDir(), 'config.yaml')
  writeFileSync(path, 'servers:\n  - id: one\n    comand: cat\n')
  const loaded = await loadConfigInProcess(path)
  expect(loaded).toEqual(loadConfig(path))
  expect(loaded.ok).toBe(false)
  expect(loaded.problems[0]).toMatchObject({code: 'key.unknown', line: 3, column: 5})
})

test('a pipe, a folder and a file that is not there are problems, and nothing waits', async () => {
  const folder = tempDir()
  execFileSync('mkfifo', [join(folder, 'pipe')])
  mkdirSync(join(folder, 'folder'))
  for (const [name, code] of [
    ['pipe', 'file.not_regular'],
    ['folder', 'file.folder'],
    ['missing', 'file.missing'],
  ] as const) {
    const loaded = await loadConfigInProcess(join(folder, name))
    expect(loaded.problems.map(problem => problem.code)).toEqual([code])
  }
})
