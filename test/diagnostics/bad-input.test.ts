import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {asUser, needsUser} from '../helpers/as-user.ts'
import {atEnd} from '../helpers/at-end.ts'
import {launcher} from '../helpers/cli.ts'
import {freePort} from '../helpers/free-port.ts'
import {type RunResult, runProgram} from '../helpers/program.ts'
import {skipTest} from '../helpers/skip-test.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {Scene} from './scene.ts'
import {server} from './world.ts'

const evil = '\u001b]0;owned\u0007\u001b[2J\u202eevil\r\nfail process.running  all is lost'
const terminalCodes = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/

let scene: Scene
beforeEach(() => {
  scene = new Scene()
  scene.config('version: "1.0"\nserver:\n  port: 1\n')
})
afterEach(() => scene.close())

/** The built doctor on the scene, run as people run it. */
function doctor(args: readonly string[] = [], through: readonly string[] = []): Promise<RunResult> {
  const [command = '', ...rest] = [...through, launcher, 'doctor', ...args]
  return runProgram(command, rest, {cwd: scene.folder, env: scene.env, timeoutMs: 30_000})
}

async function findings(args: readonly string[] = [], through: readonly string[] = []) {
  const {stdout, stderr} = await doctor(['--json', ...args], through)
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stdout}${stderr}`)
  const report = JSON.parse(stdout) as {findings: {id: string; status: string; summary: string; evidence: string[]}[]}
  return report.findings
}

describe('in place of the control socket', () => {
  const socket = () => join(scene.stateDir, 'control.sock')
  const plants: readonly [string, () => unknown][] = [
    ['a FIFO', () => execFileSync('mkfifo', [socket()])],
    ['a link to /dev/zero', () => symlinkSync('/dev/zero', socket())],
    ['a folder', () => mkdirSync(socket())],
    ['a socket that accepts and says nothing', () => mute(socket())],
  ]
  test.each(plants)('%s does not hang the doctor, and the runtime is called mute', async (what, plant) => {
    await scene.runtime([server()])
    rmSync(socket())
    await plant()
    const report = await scene.doctor({quick: false})
    const running = report.findings.find(({id}) => id === 'process.running')
    expect(running).toMatchObject({status: 'fail', summary: expect.stringContaining('is alive but does not answer')})
    // What lies there is the root, where it is no socket.
    const lies = what !== 'a socket that accepts and says nothing'
    expect(report.rootCauses).toMatchObject([{id: lies ? 'state.usable' : 'process.running'}])
    expect(report.verdict).toMatch(lies ? /^alive but mute, since .*control\.sock/ : /is alive but does not answer/)
    expect(report.ms).toBeLessThan(9000)
  })
})

async function mute(path: string): Promise<void> {
  const held = createServer(() => {}).listen(path)
  await once(held, 'listening')
  atEnd(() => void held.close())
}

describe('terminal codes and line breaks', () => {
  test('in a record stay out of the text, and can add no line to it', async () => {
    const record = await scene.runtime([server()])
    await scene.kill(record.pid)
    const planted = {...record, startedAt: `yesterday${evil}`.slice(0, 64), logPath: evil}
    writeFileSync(join(scene.stateDir, 'runtime.json'), JSON.stringify(planted))
    const {stdout} = await doctor()
    expect(stdout).toContain('started yesterday')
    expect(stdout).not.toMatch(terminalCodes)
    expect(stdout).not.toMatch(/^fail process\.running {2}all is lost/m)
  })

  test('in the name and the arguments of the process that holds the port stay out of it', async () => {
    const port = await freePort()
    scene.config(`version: "1.0"\nserver:\n  port: ${port}\n`)
    const script = `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('up'))`
    const holder = spawn(process.execPath, ['-e', script, evil], {argv0: evil, stdio: ['ignore', 'pipe', 'ignore']})
    atEnd(() => void holder.kill('SIGKILL'))
    await once(holder.stdout, 'data')
    const {stdout, code} = await doctor()
    expect(stdout).toContain(`(pid ${holder.pid}, user`)
    expect(stdout).not.toMatch(terminalCodes)
    expect(stdout).not.toMatch(/^fail process\.running {2}all is lost/m)
    expect(code).toBe(1)
  })

  test('in what a server says stay out of it', async () => {
    const lastError = {at: '2026-01-02T03:04:05.000Z', kind: 'Exited', message: evil, blame: 'backend-process'} as const
    const stdoutGarbage = {lines: 1, last: evil, at: '2026-01-02T03:04:05.000Z'}
    const hostile = server({status: 'restarting', lastError, stderrTail: [evil], target: evil, stdoutGarbage})
    await scene.runtime([hostile], {health: 503})
    const {stdout} = await doctor()
    expect(stdout).toContain('server github is not up')
    expect(stdout).not.toMatch(terminalCodes)
    expect(stdout).not.toMatch(/^fail process\.running {2}all is lost/m)
  })
})

describe('in a namespace of its own', () => {
  /** Runs a program where something of the system is missing; only root can. */
  function unshare(flag: string, prepare: string): readonly string[] {
    const through = ['unshare', flag, '/bin/sh', '-c', `${prepare} && exec "$@"`, 'sh']
    const [command = '', ...args] = through
    const tried = spawnSync(command, [...args, 'true'])
    if (tried.status !== 0) skipTest(`unshare ${flag} needs root, and a kernel that allows it`)
    return through
  }

  test('without any network no check breaks, and none is late', async () => {
    const through = unshare('--net', 'true')
    scene.config(
      'version: "1.0"\nserver:\n  port: 1\nservers:\n  - id: crm\n    endpoint: https://crm.example.com/mcp\n',
    )
    const all = await findings([], through)
    expect(all.filter(({status}) => status === 'error' || status === 'timeout')).toEqual([])
    expect(all.find(({id}) => id === 'network.dns')).toMatchObject({status: 'fail', subject: 'crm'})
  })

  test('without entries in /proc it says what it could not see, and no check breaks', async () => {
    await scene.runtime([server()])
    const all = await findings([], unshare('--mount', 'mount -t tmpfs tmpfs /proc'))
    expect(all.filter(({status}) => status === 'error')).toEqual([])
    const statusOf = (wanted: string) => all.find(({id}) => id === wanted)?.status
    // The control socket answers all the same.
    expect(['process.running', 'control.answers', 'servers.up'].map(statusOf)).toEqual(['pass', 'pass', 'pass'])
    expect(['port.owner', 'process.descriptors', 'process.single'].map(statusOf)).toEqual(
      Array.from({length: 3}, () => 'skip'),
    )
  })
})

test("a plain user is told what could not be seen of root's runtime, and nothing broke over it", async () => {
  needsUser()
  const runtime = await startRuntime({servers: []})
  const {code, stdout} = await asUser('nobody', launcher, ['doctor', '--json'], {env: runtime.env})
  const report = JSON.parse(stdout) as {verdict: string; findings: {id: string; status: string; summary: string}[]}
  expect(report.findings.filter(({status}) => status === 'error')).toEqual([])
  const unseen = report.findings.filter(({summary}) => summary.includes('no permission')).map(({id}) => id)
  expect(unseen).toEqual(
    expect.arrayContaining(['state.usable', 'state.folder', 'process.running', 'logs.recent_errors']),
  )
  expect(report.verdict).toMatch(
    /\d+ checks could not look \(run this as the user that started the runtime, or as root\)/,
  )
  expect([0, 1, 3]).toContain(code)
})
