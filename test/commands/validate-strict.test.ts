import {generateKeyPairSync} from 'node:crypto'
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'
import {atEnd} from '../helpers/at-end.ts'
import {backendPath} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = tempDir()
  path = join(folder, 'c.yaml')
})

interface Document {
  valid: boolean
  problems: {code: string; line: number; column: number; message: string; path: string}[]
}

async function validate(text: string, ...args: string[]): Promise<Document & {code: number | null}> {
  writeFileSync(path, `observability: {metrics: {enabled: false}}\nserver: {port: 0}\n${text}`)
  const {code, stdout} = await runCli(['validate', path, '--json', ...args], {
    env: {ONLY1MCP_STATE_DIR: join(folder, 's')},
  })
  return {code, ...(JSON.parse(stdout) as Document)}
}

const found = ({problems}: Document) => problems.map(({code, line, column}) => `${code} ${line}:${column}`)

describe('validate --strict', () => {
  test('finds commands that are not there or cannot run, at their place', async () => {
    writeFileSync(join(folder, 'plain'), '', {mode: 0o644})
    const text = `servers:
  - {id: a, command: no-such-program-here}
  - {id: b, command: ./plain, cwd: .}
  - {id: c, command: node}
  - {id: d, command: node, cwd: missing}
  - {id: e, command: never-looked-at, enabled: false}
`
    expect((await validate(text)).code).toBe(0)
    const strict = await validate(text, '--strict')
    expect(strict.code).toBe(2)
    expect(found(strict)).toEqual(['command.missing 4:22', 'command.not_executable 5:22', 'folder.missing 7:33'])
  })

  test('finds programs that are there and cannot be started, and variables that are set to nothing', async () => {
    writeFileSync(join(folder, 'script'), '#!/usr/bin/pythonn3\n', {mode: 0o755})
    writeFileSync(
      path,
      'server: {port: 0}\nservers:\n  - {id: a, command: ./script, cwd: ., env: {T: "x$' + '{EMPTY_ONE}"}}\n',
    )
    const env = {ONLY1MCP_STATE_DIR: join(folder, 's'), EMPTY_ONE: ''}
    const {stdout, code} = await runCli(['validate', path, '--json', '--strict'], {env})
    expect(code).toBe(2)
    expect(found(JSON.parse(stdout) as Document)).toEqual(
      expect.arrayContaining(['command.not_startable 3:22', 'variable.empty 3:51']),
    )
  })

  test('finds keys and certificates that are missing or are none', async () => {
    const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
    writeFileSync(join(folder, 'key.pem'), privateKey.export({type: 'pkcs8', format: 'pem'}))
    const strict = await validate('# \nx-a: 1\n', '--strict')
    expect(strict.problems).toEqual([])
    writeFileSync(path, 'server: {port: 0, tls: {port: 0, cert: key.pem, key: gone.pem}}\n')
    const {stdout, code} = await runCli(['validate', path, '--json', '--strict'])
    expect(code).toBe(2)
    const codes = (JSON.parse(stdout) as Document).problems.map(problem => problem.code)
    expect(codes).toContain('path.missing')
  })

  test('finds a port that another program holds, and takes that of our own runtime', async () => {
    const server = createServer()
    atEnd(() => {
      server.close()
    })
    const port = await new Promise<number>(resolve => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as {port: number}).port))
    })
    writeFileSync(path, `observability: {metrics: {enabled: false}}\nserver:\n  port: ${port}\n`)
    const held = await runCli(['validate', path, '--json', '--strict'])
    expect(found(JSON.parse(held.stdout) as Document)).toEqual(['port.in_use 3:9'])

    const runtime = await startRuntime({})
    writeFileSync(path, `observability: {metrics: {enabled: false}}\nserver: {port: ${runtime.record.port}}\n`)
    const own = await runCli(['validate', path, '--strict', '--verbose'], {env: {...runtime.env}})
    expect(own.stdout).toContain(`port ${runtime.record.port} on 127.0.0.1: held by the running proxy`)
    expect(own.code).toBe(0)
  })

  test('makes errors of warnings', async () => {
    const text = 'servers: [{id: a}]\n'
    expect((await validate(text)).valid).toBe(true)
    expect((await validate(text, '--strict')).valid).toBe(false)
  })
})

describe('validate --test-connections', () => {
  test('names each server that cannot be used, and leaves none running', async () => {
    mkdirSync(join(folder, 's'), {recursive: true})
    chmodSync(join(folder, 's'), 0o700)
    const text = `servers:
  - id: good
    command: ${process.execPath}
    args: [${backendPath('echo.mjs')}]
  - id: bad
    command: ${process.execPath}
    args: [${backendPath('dies-at-once.mjs')}]
  - id: away
    endpoint: http://127.0.0.1:1/mcp
`
    const result = await validate(text, '--test-connections')
    expect(result.code).toBe(2)
    expect(found(result)).toEqual(['server.unreachable 8:14', 'server.unreachable 11:15'])
    expect(result.problems[0]?.message).toMatch(/^the server bad cannot be used: /)
    expect(result.problems[0]?.path).toBe('servers[1].command')
  })
})

test('validate --format sarif is SARIF 2.1.0 with the same places', async () => {
  writeFileSync(path, 'server:\n  prot: 8081\n')
  const {code, stdout} = await runCli(['validate', path, '--format', 'sarif'])
  const log = JSON.parse(stdout) as {version: string; runs: {results: object[]; tool: {driver: {rules: object[]}}}[]}
  expect([code, log.version]).toEqual([2, '2.1.0'])
  expect(log.runs[0]?.tool.driver.rules).toEqual([{id: 'key.unknown'}])
  expect(log.runs[0]?.results).toMatchObject([
    {
      ruleId: 'key.unknown',
      level: 'error',
      locations: [{physicalLocation: {region: {startLine: 2, startColumn: 3}}}],
    },
  ])
})
