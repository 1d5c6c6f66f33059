import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {basicTemplate} from '../../../src/config/templates/basic.ts'

test('config generate prints the configuration to start from, and nothing else', () => {
  const program = fileURLToPath(new URL('../../../bin/only1mcp', import.meta.url))
  const {status, stdout, stderr} = spawnSync(program, ['config', 'generate'], {encoding: 'utf8'})
  expect({status, stdout, stderr}).toEqual({status: 0, stdout: basicTemplate, stderr: ''})
})
