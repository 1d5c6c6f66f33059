import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'

const program = fileURLToPath(new URL('../../bin/only1mcp', import.meta.url))
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'only1mcp-validate-'))
  writeFileSync(join(folder, 'good.yaml'), 'servers:\n  - {id: a, command: run, env: {T: very-secret}}\n')
  writeFileSync(join(folder, 'idle.yaml'), 'servers:\n  - id: a\n')
  writeFileSync(join(folder, 'bad.yaml'), 'server:\n  prot: 8081\n')
})
afterAll(() => rmSync(folder, {recursive: true}))

function validate(...args: string[]) {
  const env = {PATH: process.env.PATH, HOME: folder}
  const {status, stdout, stderr} = spawnSync(program, ['validate', ...args], {cwd: folder, env, encoding: 'utf8'})
  return {status, stdout, stderr}
}

describe('only1mcp validate', () => {
  test('says in one line that a file is valid', () => {
    expect(validate('good.yaml')).toEqual({status: 0, stdout: 'good.yaml is valid: 1 server, 0 warnings\n', stderr: ''})
  })

  test('shows the place of an error and exits with 2', () => {
    expect(validate('bad.yaml')).toEqual({
      status: 2,
      stdout: `bad.yaml:2:3: error: unknown key "prot" in server
   1 | server:
   2 |   prot: 8081
     |   ^^^^
     = did you mean "port"?

bad.yaml is not valid: 1 error, 0 warnings
`,
      stderr: '',
    })
  })

  test('exits with 0 for a warning, and with 2 for the same under --strict', () => {
    const {status, stdout} = validate('idle.yaml')
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^idle\.yaml:2:5: warning: the server "a" has neither[\s\S]*idle\.yaml is valid: 1 server, 1 warning\n$/,
    )
    expect(validate('--strict', 'idle.yaml').status).toBe(2)
  })

  test('--json prints one document with the keys that scripts rely on', () => {
    const {status, stdout, stderr} = validate('bad.yaml', '--json')
    expect([status, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      valid: false,
      problems: [
        {
          severity: 'error',
          code: 'key.unknown',
          message: 'unknown key "prot" in server',
          file: 'bad.yaml',
          line: 2,
          column: 3,
          path: 'server.prot',
          suggestion: 'did you mean "port"?',
        },
      ],
    })
    expect(JSON.parse(validate('good.yaml', '--json').stdout)).toEqual({schemaVersion: 1, valid: true, problems: []})
  })

  test('--verbose shows what is in effect, and no secret', () => {
    const {stdout} = validate('--verbose', 'good.yaml')
    expect(stdout).toContain('good.yaml (named on the command line)')
    expect(stdout).toContain('listen    http://127.0.0.1:8080 (MCP at /mcp)')
    expect(stdout).toContain('server    a: stdio, run, timeout 1m')
    expect(stdout).not.toContain('very-secret')
  })

  test('a missing file is named with the ways out, in JSON as a problem', () => {
    const {status, stdout, stderr} = validate('gone.yaml')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^Error: Configuration file not found: gone\.yaml\n[\s\S]*config generate > config\.yaml\n$/)
    const json = validate('gone.yaml', '--json')
    expect(json.status).toBe(2)
    expect(JSON.parse(json.stdout)).toMatchObject({valid: false, problems: [{code: 'file.missing', file: 'gone.yaml'}]})
  })

  test('without a name takes the file that start would take', () => {
    expect(validate().status).toBe(2)
    writeFileSync(join(folder, 'config.yaml'), 'server: {}\n')
    expect(validate('--verbose').stdout).toContain('config.yaml (found in the current folder)')
  })
})
