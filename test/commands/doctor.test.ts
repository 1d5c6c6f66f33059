import {execFile} from 'node:child_process'
import {chmodSync, mkdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, describe, expect, inject, test} from 'vitest'
import {catalogue} from '../../src/diagnostics/checks/catalogue.ts'
import {quickChecks} from '../../src/diagnostics/checks/quick-checks.ts'
import {Scene} from '../diagnostics/scene.ts'
import {server} from '../diagnostics/world.ts'
import {needsUser} from '../helpers/as-user.ts'

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const plainUser = 65534

let scene: Scene
beforeEach(() => {
  scene = new Scene()
  scene.config('version: "1.0"\nserver:\n  port: 1\n')
})
afterEach(() => scene.close())

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function only1mcp(
  args: readonly string[],
  options: {env?: Record<string, string>; node?: string[]; uid?: number} = {},
): Promise<Ran> {
  const {env = {}, node = [], uid} = options
  const user = uid === undefined ? {} : {uid, gid: uid}
  return new Promise(resolve => {
    const whole = {cwd: scene.folder, env: {...scene.env, XDG_CACHE_HOME: inject('runFolder'), ...env}, ...user}
    const child = execFile(process.execPath, [...node, program, ...args], whole, (_, stdout, stderr) =>
      resolve({code: child.exitCode ?? -1, stdout, stderr}),
    )
  })
}

describe('doctor', () => {
  test.each([['doctor', '--quick'], ['quick-check']])(
    '%s says in one line that all is well, and ends with 0',
    async (...args) => {
      await scene.runtime([server()])
      const {code, stdout, stderr} = await only1mcp(args)
      expect(stdout.split('\n')[0]).toBe('no problem found: 9 checks fine')
      expect(stdout).not.toContain('\u001b')
      expect([code, stderr]).toEqual([0, ''])
    },
  )

  test('looks at everything without --quick, and finds nothing bad on a healthy installation', async () => {
    await scene.runtime([server()])
    chmodSync(scene.stateDir, 0o700)
    const {code, stdout, stderr} = await only1mcp(['doctor', '--json'])
    const {findings} = JSON.parse(stdout) as {findings: {id: string; status: string}[]}
    expect(findings.filter(({status}) => ['fail', 'error', 'timeout'].includes(status))).toEqual([])
    expect(new Set(findings.map(({id}) => id))).toEqual(new Set(catalogue.map(({id}) => id)))
    expect([code, stderr]).toEqual([0, ''])
  })

  test.each(['pretty', 'json', 'junit', 'sarif'])('--format %s has the exit status of the others', async format => {
    const bad = await only1mcp(['doctor', '--quick', '--format', format])
    const good = await only1mcp(['doctor', 'config', '--format', format])
    expect([bad.code, good.code]).toEqual([1, 0])
    const starts = {pretty: '', json: '{\n  "schemaVersion"', junit: '<?xml', sarif: '{\n  "$schema"'}
    expect(bad.stdout.startsWith(starts[format as keyof typeof starts])).toBe(true)
  })

  test('--fix changes nothing unless somebody says yes, and looks again afterwards', async () => {
    chmodSync(scene.stateDir, 0o755)
    const asked = await only1mcp(['doctor', 'state.folder', '--fix'])
    expect(asked.stderr).toContain(`1. chmod 700 ${scene.stateDir}  (state.folder)`)
    expect(asked.stderr).toContain('nothing was changed')
    expect([asked.code, statSync(scene.stateDir).mode & 0o777]).toEqual([1, 0o755])
    const done = await only1mcp(['doctor', 'state.folder', '--fix', '--yes', '--json'])
    expect(done.stderr).toContain(`done: chmod 700 ${scene.stateDir}`)
    expect(JSON.parse(done.stdout).findings).toMatchObject([{id: 'state.folder', status: 'pass'}])
    expect([done.code, statSync(scene.stateDir).mode & 0o777]).toEqual([0, 0o700])
  })

  test('takes an area for all of its checks', async () => {
    const {findings} = JSON.parse((await only1mcp(['doctor', 'tls', '--json'])).stdout) as {findings: {id: string}[]}
    expect(findings.map(({id}) => id)).toEqual([
      'tls.certificate',
      'tls.client_ca',
      'tls.key_mode',
      'tls.listener',
      'tls.mutual',
    ])
  })

  test('ends with 1 when something is wrong, in text and in JSON', async () => {
    const text = await only1mcp(['doctor', '--quick'])
    const json = await only1mcp(['doctor', '--quick', '--json'])
    expect([text.code, json.code]).toEqual([1, 1])
    const document = JSON.parse(json.stdout)
    expect(Object.keys(document)).toEqual(['schemaVersion', 'verdict', 'rootCauses', 'findings'])
    expect(text.stdout.split('\n')[0]).toBe(document.verdict)
    expect(document.findings.map((finding: {id: string}) => finding.id).sort()).toEqual(
      quickChecks.map(({id}) => id).sort(),
    )
    for (const finding of document.findings) {
      expect(Object.keys(finding)).toEqual(['id', 'status', 'subject', 'summary', 'evidence', 'causes', 'remedy', 'ms'])
    }
  })

  test('runs the checks that are named, and refuses one that does not exist', async () => {
    const {stdout} = await only1mcp(['doctor', 'config.found', 'config.valid', '--json'])
    expect(
      JSON.parse(stdout)
        .findings.map((finding: {id: string}) => finding.id)
        .sort(),
    ).toEqual(['config.found', 'config.valid'])
    const unknown = await only1mcp(['doctor', 'config.fond'])
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('there is no check config.fond')
    expect((await only1mcp(['doctor', '--bogus'])).code).toBe(2)
  })

  test('looks at the file that --config names', async () => {
    const {code, stdout} = await only1mcp(['doctor', 'config.found', '--config', 'elsewhere.yaml'])
    expect(code).toBe(1)
    expect(stdout).toContain('looked for elsewhere.yaml')
  })

  test('lists every check, and explains one from the docs', async () => {
    const list = await only1mcp(['doctor', '--list'])
    for (const {id, title} of catalogue)
      expect(list.stdout).toMatch(new RegExp(`^${id} .*${title.replace(/[.?()]/g, '\\$&')}$`, 'm'))
    expect(JSON.parse((await only1mcp(['doctor', '--list', '--json'])).stdout).checks).toHaveLength(catalogue.length)
    const explained = await only1mcp(['doctor', '--explain', 'port.owner'])
    expect(explained.stdout).toContain('is held by another program')
    expect(explained.code).toBe(0)
    expect((await only1mcp(['doctor', '--explain', 'nothing.here'])).code).toBe(2)
  })

  test('loads nothing of the console, the proxy or their libraries', async () => {
    await scene.runtime([server()])
    const log = join(scene.folder, 'imports')
    const preload = fileURLToPath(new URL('import-log.mjs', import.meta.url))
    const {code} = await only1mcp(['doctor', '--quick'], {env: {IMPORT_LOG: log}, node: ['--import', preload]})
    const loaded = readFileSync(log, 'utf8')
    expect(code).toBe(0)
    expect(loaded).toContain('/dist/diagnostics/runner.js')
    expect(loaded).not.toMatch(
      /node_modules\/(undici|ink|react|execa|better-sqlite3|systeminformation)\/|\/dist\/(proxy|mcp|tui|auth)\/|catalogue\.js/,
    )
  })
})

describe('doctor as a plain user, of a runtime of another', () => {
  beforeEach(() => {
    needsUser()
  })

  test('says what can be seen from outside, and calls nothing down that it may not see', async () => {
    await scene.runtime([server()])
    chmodSync(scene.folder, 0o755)
    const {code, stdout} = await only1mcp(['doctor', 'process.running', 'config.found', '--json'], {uid: plainUser})
    const statuses = JSON.parse(stdout).findings.map(({id, status}: {id: string; status: string}) => `${id} ${status}`)
    expect(statuses).toEqual(['process.running skip', 'config.found pass'])
    expect(code).toBe(0)
  })

  test('has no broken check: what it may not look at is skipped', async () => {
    await scene.runtime([server()])
    chmodSync(scene.folder, 0o755)
    const {stdout} = await only1mcp(['doctor', '--json'], {uid: plainUser})
    const {findings} = JSON.parse(stdout) as {findings: {id: string; status: string; summary: string}[]}
    expect(findings.filter(({status}) => status === 'error' || status === 'timeout')).toEqual([])
    const statusOf = (id: string) => findings.find(finding => finding.id === id)?.status
    expect(['process.running', 'store.requests', 'process.descriptors'].map(statusOf)).toEqual(['skip', 'skip', 'skip'])
  })

  test('ends with 3 when nothing could be seen', async () => {
    await scene.runtime([server()])
    const nowhere = join(scene.folder, 'nowhere')
    mkdirSync(nowhere)
    for (const folder of [scene.folder, nowhere]) chmodSync(folder, 0o755)
    const {code, stdout} = await only1mcp(['doctor', 'process.running', 'servers.up'], {uid: plainUser})
    expect(stdout).toMatch(/^nothing could be seen: cannot tell whether a runtime is running/)
    expect(code).toBe(3)
  })
})
