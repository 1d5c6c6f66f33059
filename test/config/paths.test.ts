import {existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {resolveLogDir, resolveStateDir, stateDirCandidates} from '../../src/config/paths.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'only1mcp-paths-'))
})
afterEach(() => rmSync(home, {recursive: true}))

describe('the state folder', () => {
  test('is named by variable, then by file, then one of two', () => {
    const config = {paths: {state: '/from/file'}}
    expect(stateDirCandidates({env: {ONLY1MCP_STATE_DIR: '/from/env'}, config, home})).toEqual(['/from/env'])
    expect(stateDirCandidates({env: {ONLY1MCP_STATE_DIR: ''}, config, home})).toEqual(['/from/file'])
    expect(stateDirCandidates({env: {}, home})).toEqual(['/var/lib/only1mcp', join(home, '.local/state/only1mcp')])
    expect(stateDirCandidates({env: {XDG_STATE_HOME: '/x'}, home})[1]).toBe('/x/only1mcp')
    expect(stateDirCandidates({env: {XDG_STATE_HOME: 'relative'}, home})[1]).toBe(join(home, '.local/state/only1mcp'))
  })

  test('is made for this user alone', () => {
    const path = join(home, 'deep', 'state')
    expect(resolveStateDir({env: {ONLY1MCP_STATE_DIR: path}, home})).toBe(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(resolveStateDir({env: {ONLY1MCP_STATE_DIR: path}, home})).toBe(path)
  })

  test.skipIf(existsSync('/var/lib/only1mcp'))('stands at home where the system has none', () => {
    expect(resolveStateDir({env: {}, home})).toBe(join(home, '.local/state/only1mcp'))
  })

  test('that is a file is an error that names it', () => {
    const path = join(home, 'file')
    writeFileSync(path, '')
    expect(() => resolveStateDir({env: {ONLY1MCP_STATE_DIR: path}, home})).toThrow(
      `${path} cannot be used: it is no folder`,
    )
    expect(() => resolveStateDir({env: {ONLY1MCP_STATE_DIR: join(path, 'below')}, home})).toThrow(/no folder/)
  })
})

describe('the log folder', () => {
  test('is named by variable, then by file, else stands below the state', () => {
    const stateDir = join(home, 'state')
    mkdirSync(stateDir)
    const config = {paths: {logs: '/from/file'}}
    expect(resolveLogDir({env: {ONLY1MCP_LOG_DIR: '/from/env'}, config, stateDir})).toBe('/from/env')
    expect(resolveLogDir({env: {}, config, stateDir})).toBe('/from/file')
    const fallback = existsSync('/var/log/only1mcp') ? '/var/log/only1mcp' : join(stateDir, 'log')
    expect(resolveLogDir({env: {}, stateDir})).toBe(fallback)
  })
})
