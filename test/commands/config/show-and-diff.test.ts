import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'
import {runCli} from '../../helpers/cli.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

const file = `# ours
server:
  port: $\{PORT:-8081} # the port
servers:
  - id: gh
    endpoint: https://x.example.com/mcp
    headers: {Authorization: "Bearer written-in-plain"}
  - id: local
    command: run
    args: [--token, abc, -v]
    env: {KEY: "$\{SOME_KEY}"}
`
const secrets = ['written-in-plain', 'abc', 'from-the-environment']
let folder: string
let path: string
const env = {SOME_KEY: 'from-the-environment'}
beforeEach(() => {
  folder = tempDir()
  path = join(folder, 'c.yaml')
  writeFileSync(path, file, {mode: 0o640})
})

const config = (...args: string[]) => runCli(['config', ...args], {env})

function expectNoSecret(text: string): void {
  for (const secret of secrets) expect(text).not.toContain(secret)
}

describe('config show', () => {
  test('names the source of each value and no secret', async () => {
    const {code, stdout} = await config('show', path, '--host', '::1')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^server\.port +8081 +c\.yaml:3, \$PORT$/m)
    expect(stdout).toMatch(/^server\.host +"?::1"? +--host$/m)
    expect(stdout).toMatch(/^servers\[1\]\.env\.KEY +‹secret› +c\.yaml:11, \$SOME_KEY$/m)
    expect(stdout).not.toContain('request_timeout')
    expectNoSecret(stdout)
  })

  test('--include-defaults --json has every key with its value as one would write it', async () => {
    const {stdout} = await config('show', path, '--include-defaults', '--json')
    const {values} = JSON.parse(stdout) as {values: {path: string; value: unknown; source: unknown}[]}
    expect(values.find(each => each.path === 'server.request_timeout')).toEqual({
      path: 'server.request_timeout',
      value: '1m',
      source: {kind: 'default'},
    })
    expectNoSecret(stdout)
  })
})

describe('config diff', () => {
  test('tells what differs in meaning, and of a secret only that it changed', async () => {
    const other = join(folder, 'other.yaml')
    const changed = file
      .replace('written-in-plain', 'another-secret')
      .replace('8081', '8082')
      .replace('# ours', '# yours')
    writeFileSync(other, `${changed}health: {circuit_breaker: {recovery_timeout: 9s}}\n`)
    const {code, stdout} = await config('diff', path, other)
    expect(code).toBe(1)
    expect(stdout).toContain('~ server.port: 8081 -> 8082\n')
    expect(stdout).toContain('~ servers[gh].headers.Authorization: a secret, changed\n')
    expect(stdout).toContain('+ health.circuit_breaker.recovery_timeout: 9s\n')
    expectNoSecret(stdout)
    expect(stdout).not.toContain('another-secret')
  })

  test('finds none in another order of keys, and with defaults written out', async () => {
    const other = join(folder, 'other.yaml')
    writeFileSync(other, file.replace('server:\n', 'server:\n  request_timeout: 60000\n'))
    expect(await config('diff', path, other)).toMatchObject({code: 0, stdout: 'no difference in meaning\n'})
  })

  test('without files says whether the file is what runs', async () => {
    const runtime = await startRuntime({})
    const diff = () => runCli(['config', 'diff'], {env: {...runtime.env}})
    expect(await diff()).toMatchObject({code: 0, stdout: expect.stringContaining('is the same as what is running')})
  })
})
