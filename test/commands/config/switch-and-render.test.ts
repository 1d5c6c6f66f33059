import {chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {runCli} from '../../helpers/cli.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

const text = '# mine\nserver:\n  port: 8080 # why\nservers:\n  - id: a\n    command: run\n    env: {T: hidden-value}\n'

function folderWith(content: string): string {
  const folder = tempDir()
  writeFileSync(join(folder, 'c.yaml'), content)
  return folder
}

test('config disable edits the file, keeps a copy of what was there, and both keep the mode', async () => {
  const cwd = folderWith(text)
  chmodSync(join(cwd, 'c.yaml'), 0o640)
  const {code, stdout} = await runCli(['config', 'disable', 'a', '--config', 'c.yaml'], {cwd})
  expect(code).toBe(0)
  expect(stdout).toContain('+    enabled: false\n')
  expect(stdout).not.toContain('hidden-value')
  expect(readFileSync(join(cwd, 'c.yaml'), 'utf8')).toBe(text.replace('- id: a\n', '- id: a\n    enabled: false\n'))
  expect(readFileSync(join(cwd, 'c.yaml.bak'), 'utf8')).toBe(text)
  for (const name of ['c.yaml', 'c.yaml.bak']) expect(statSync(join(cwd, name)).mode & 0o777).toBe(0o640)
})

test('config enable through a link changes its target and leaves the link', async () => {
  const cwd = folderWith(text)
  mkdirSync(join(cwd, 'etc'))
  symlinkSync('../c.yaml', join(cwd, 'etc/link.yaml'))
  const {code} = await runCli(['config', 'enable', 'cache', '--config', 'etc/link.yaml', '--json'], {cwd})
  expect(code).toBe(0)
  expect(readFileSync(join(cwd, 'c.yaml'), 'utf8')).toBe(`${text}\ncache:\n  enabled: true\n`)
  expect(existsSync(join(cwd, 'etc/link.yaml.bak'))).toBe(false)
})

test('config enable with --dry-run, for what would break the file, or is so already, writes nothing', async () => {
  const cwd = folderWith(text)
  const runs = [
    [['enable', 'cache', '--dry-run'], 0, /would be enabled/],
    [['enable', 'a'], 0, /enabled already/],
    [['enable', 'auth'], 2, /auth cannot be enabled[\s\S]*nobody could come in/],
    [['disable', 'nothing'], 2, /Sections: cache, auth[\s\S]*Servers: a/],
  ] as const
  for (const [args, code, words] of runs) {
    const run = await runCli(['config', ...args, '--config', 'c.yaml'], {cwd})
    expect([run.code, run.stdout + run.stderr]).toEqual([code, expect.stringMatching(words)])
  }
  expect(readFileSync(join(cwd, 'c.yaml'), 'utf8')).toBe(text)
  expect(existsSync(join(cwd, 'c.yaml.bak'))).toBe(false)
})

test('config render writes a private file once, and never over its input', async () => {
  const cwd = folderWith(text.replace('hidden-value', '"$' + '{TOK}"'))
  const env = {TOK: 'from-outside'}
  const first = await runCli(['config', 'render', 'c.yaml', 'out.yaml'], {cwd, env})
  expect([first.code, first.stdout]).toEqual([0, 'out.yaml written, mode 0600: TOK\n'])
  expect(readFileSync(join(cwd, 'out.yaml'), 'utf8')).toBe(text.replace('hidden-value', '"from-outside"'))
  expect(statSync(join(cwd, 'out.yaml')).mode & 0o777).toBe(0o600)
  expect((await runCli(['config', 'render', 'c.yaml', 'out.yaml'], {cwd, env})).code).toBe(2)
  expect((await runCli(['config', 'render', 'c.yaml', 'out.yaml', '--force'], {cwd, env})).code).toBe(0)
  expect((await runCli(['config', 'render', 'c.yaml', './c.yaml', '--force'], {cwd, env})).code).toBe(2)
  const missing = await runCli(['config', 'render', 'c.yaml', 'other.yaml'], {cwd})
  expect([missing.code, existsSync(join(cwd, 'other.yaml'))]).toEqual([2, false])
  expect(missing.stderr).toContain('the environment variable TOK')
})
