import {chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {assertTrustedConfig, configNotFound, discoverConfig} from '../../src/config/discover.ts'

let root: string
let cwd: string
let home: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'only1mcp-discover-'))
  cwd = join(root, 'cwd')
  home = join(root, 'home')
  mkdirSync(cwd)
  mkdirSync(join(home, '.config', 'only1mcp'), {recursive: true})
})
afterEach(() => rmSync(root, {recursive: true}))

function put(...path: string[]): string {
  const file = join(...path)
  writeFileSync(file, 'server: {}\n')
  return file
}

describe('the configuration file', () => {
  test('is looked for in the current folder, then at home, then in the system', () => {
    const atHome = put(home, '.config', 'only1mcp', 'config.yaml')
    expect(discoverConfig({env: {}, cwd, home})).toEqual({found: atHome, how: 'home'})
    const generic = put(cwd, 'config.yaml')
    expect(discoverConfig({env: {}, cwd, home})).toEqual({found: generic, how: 'cwd'})
    const own = put(cwd, 'only1mcp.yaml')
    expect(discoverConfig({env: {ONLY1MCP_CONFIG: ''}, cwd, home})).toEqual({found: own, how: 'cwd'})
  })

  test('that was named is the only one: flag before variable', () => {
    put(cwd, 'only1mcp.yaml')
    const other = put(root, 'other.yaml')
    const env = {ONLY1MCP_CONFIG: other}
    expect(discoverConfig({env, cwd, home})).toEqual({found: other, how: 'env'})
    expect(discoverConfig({flag: 'only1mcp.yaml', env, cwd, home})).toEqual({found: 'only1mcp.yaml', how: 'flag'})
    expect(discoverConfig({flag: 'gone.yaml', env, cwd, home})).toEqual({tried: ['gone.yaml']})
    expect(discoverConfig({env: {ONLY1MCP_CONFIG: '/gone.yaml'}, cwd, home})).toEqual({tried: ['/gone.yaml']})
  })

  test('that is nowhere is an error with three ways out', () => {
    const error = configNotFound('config.yaml')
    expect(error.message).toBe('Configuration file not found: config.yaml')
    expect(error.exitCode).toBe(2)
    expect(error.fix).toMatch(/--config[\s\S]*ONLY1MCP_CONFIG[\s\S]*only1mcp config generate > config\.yaml/)
    expect(configNotFound(['a', 'b']).message).toBe('Configuration file not found: a, b')
  })
})

describe.skipIf(process.getuid?.() !== 0)('root does not take a file from the current folder', () => {
  const trust = (file: string) => () => assertTrustedConfig(file, 'cwd')

  test('that another user can write or owns', () => {
    const file = put(cwd, 'config.yaml')
    expect(trust(file)).not.toThrow()
    chmodSync(file, 0o666)
    expect(trust(file)).toThrow(/writable by everybody \(mode 0666\)/)
    chmodSync(file, 0o644)
    chownSync(file, 1234, 0)
    expect(trust(file)).toThrow(/belongs to uid 1234/)
    expect(() => assertTrustedConfig(file, 'flag')).not.toThrow()
    expect(() => assertTrustedConfig(file, 'cwd', 1000)).not.toThrow()
  })

  test('in a folder that another user can write, also behind a link', () => {
    const file = put(cwd, 'config.yaml')
    chmodSync(cwd, 0o775)
    expect(trust(file)).toThrow(/is writable by group 0/)
    chmodSync(cwd, 0o755)
    mkdirSync(join(root, 'open'))
    chmodSync(join(root, 'open'), 0o777)
    const link = join(cwd, 'only1mcp.yaml')
    symlinkSync(put(root, 'open', 'real.yaml'), link)
    expect(trust(link)).toThrow(/open is writable by everybody/)
  })
})
