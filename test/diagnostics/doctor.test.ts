import {execFileSync} from 'node:child_process'
import {rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest'
import {quickChecks} from '../../src/diagnostics/checks/quick-checks.ts'
import {type DoctorReport, doctorRows} from '../../src/diagnostics/report.ts'
import {readProcessStat} from '../../src/shared/proc.ts'
import {foreignListener, Scene} from './scene.ts'
import {server} from './world.ts'

let scene: Scene
beforeEach(() => {
  scene = new Scene()
  scene.config('version: "1.0"\nserver:\n  port: 1\n')
})
afterEach(() => scene.close())

function statusOf(report: DoctorReport, id: string): string | undefined {
  return report.findings.find(finding => finding.id === id)?.status
}

function summaryOf(report: DoctorReport, id: string): string | undefined {
  return report.findings.find(finding => finding.id === id)?.summary
}

describe('a running runtime', () => {
  test('with nothing wrong gets no bad finding, exit 0, and the address it recorded', async () => {
    const {port, pid} = await scene.runtime([server()])
    const report = await scene.doctor()
    expect(report.findings.map(({id, status}) => `${id} ${status}`)).toEqual(quickChecks.map(({id}) => `${id} pass`))
    expect(report).toMatchObject({verdict: 'no problem found: 9 checks fine', exitCode: 0, rootCauses: []})
    expect(summaryOf(report, 'port.listening')).toContain(`127.0.0.1:${port}`)
    expect(summaryOf(report, 'port.owner')).toContain(`held by the runtime (pid ${pid})`)
  })

  test('whose server is down is told which one, and its health endpoint follows from that', async () => {
    const down = server({status: 'restarting', stderrTail: ['no token']})
    await scene.runtime([down], {health: 503})
    const report = await scene.doctor()
    expect(report.rootCauses).toEqual([{id: 'servers.up', subject: 'github'}])
    expect(report.findings[0]?.evidence).toContain('stderr: no token')
    expect(report.findings[1]).toMatchObject({id: 'health.endpoint', causes: [{id: 'servers.up', subject: 'github'}]})
    expect(report.exitCode).toBe(1)
  })

  test('that is stopped by a signal is alive, silent, and the one root of all that follows', async () => {
    const {pid} = await scene.runtime([server()])
    process.kill(pid, 'SIGSTOP')
    try {
      await vi.waitFor(() => expect(readProcessStat(pid)?.state).toBe('T'))
      const report = await scene.doctor()
      expect(report.rootCauses).toEqual([{id: 'process.running', subject: scene.stateDir}])
      expect(report.verdict).toContain(`kill -CONT ${pid}`)
      expect(statusOf(report, 'health.endpoint')).toBe('timeout')
      expect(report.ms).toBeLessThan(6000)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  })

  test('of another contract is named so, and the rest of the checks still run', async () => {
    await scene.runtime([server()], {contract: '2.0'})
    const report = await scene.doctor()
    expect(report.rootCauses.map(({id}) => id)).toEqual(['control.answers'])
    expect(statusOf(report, 'process.running')).toBe('pass')
    expect(statusOf(report, 'health.endpoint')).toBe('pass')
  })

  test('with a record that is garbage is found by its control socket, and its port with it', async () => {
    const {port} = await scene.runtime([server()])
    writeFileSync(join(scene.stateDir, 'runtime.json'), '{"pid": "many"}')
    const report = await scene.doctor()
    expect(summaryOf(report, 'port.listening')).toContain(`127.0.0.1:${port}`)
    expect(statusOf(report, 'process.running')).toBe('warn')
    expect(report.exitCode).toBe(0)
  })

  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the configuration
  const usesVariable = 'version: "1.0"\nservers:\n  - id: a\n    command: ${FAKE_CONFIG}\n'

  test('is asked for the variables it was started with before its configuration is called invalid', async () => {
    scene.config(usesVariable)
    await scene.runtime([server()])
    expect(statusOf(await scene.doctor({ids: ['config.valid']}), 'config.valid')).toBe('pass')
  })
})

describe('a runtime that is not running', () => {
  test('is the root of the silent port and endpoint', async () => {
    const report = await scene.doctor()
    expect(report.rootCauses).toEqual([{id: 'process.running', subject: scene.stateDir}])
    expect(report.verdict).toBe('no runtime is running. To do: only1mcp start')
    expect(summaryOf(report, 'port.listening')).toBe('nothing listens on 127.0.0.1:1 (ECONNREFUSED)')
    expect(report.exitCode).toBe(1)
  })

  test('because its configuration is invalid has that as its only root', async () => {
    scene.config('version: "1.0"\nserver:\n  prot: 1\n')
    const report = await scene.doctor()
    expect(report.rootCauses).toEqual([{id: 'config.valid', subject: scene.configPath}])
    expect(report.findings[0]?.evidence.join()).toContain(`${scene.configPath}:3:3`)
    expect(report.verdict).toMatch(/^not running, since the configuration has errors/)
  })

  test('because another program has its port has that program as its only root', async () => {
    const {line, child} = await scene.start(process.execPath, foreignListener)
    scene.config(`version: "1.0"\nserver:\n  port: ${line}\n`)
    const report = await scene.doctor()
    expect(report.rootCauses).toEqual([{id: 'port.owner', subject: `127.0.0.1:${line}`}])
    expect(report.verdict).toMatch(/^not running, since 127\.0\.0\.1:\d+ is held by another program: /)
    expect(report.verdict).toContain(`(pid ${child.pid}, user `)
    expect(summaryOf(report, 'health.endpoint')).toContain('something else than the runtime answers')
    expect(report.findings.find(({id}) => id === 'health.endpoint')?.evidence).toContain('HTTP 404 from other/1')
  })

  test('after kill -9 leaves a record and a socket that are called left over', async () => {
    const {pid} = await scene.runtime([server()])
    await scene.kill(pid)
    const report = await scene.doctor()
    expect(summaryOf(report, 'process.running')).toContain(`its pid ${pid} is gone`)
    expect(report.findings[0]?.evidence.join('\n')).toContain('control.sock is left over')
    expect(report.rootCauses).toHaveLength(1)
  })

  test('whose pid another program has now is not taken for that program', async () => {
    const {pid: dead} = await scene.runtime([server()])
    await scene.kill(dead)
    const {child} = await scene.start(process.execPath, foreignListener)
    const path = join(scene.stateDir, 'runtime.json')
    const record = JSON.parse(execFileSync('cat', [path], {encoding: 'utf8'}))
    writeFileSync(path, JSON.stringify({...record, pid: child.pid}))
    const report = await scene.doctor()
    expect(summaryOf(report, 'process.running')).toContain(`its pid ${child.pid} now belongs to another program`)
  })
})

describe('a record that is no record', () => {
  const path = () => join(scene.stateDir, 'runtime.json')
  const plants: readonly [string, () => void, string][] = [
    ['a FIFO', () => execFileSync('mkfifo', [path()]), 'is not a regular file'],
    ['a link', () => symlinkSync('/dev/zero', path()), 'is a symbolic link, which is never followed'],
    ['garbage', () => writeFileSync(path(), '\u0000\u001b[2J{'), 'is not a runtime record of this version'],
  ]
  test.each(plants)('but %s does not hang the doctor, and is named', async (_, plant, words) => {
    plant()
    const report = await scene.doctor()
    expect(summaryOf(report, 'process.running')).toContain(words)
    expect(report.ms).toBeLessThan(4000)
    rmSync(path())
  })
})

describe('runDoctor', () => {
  test('runs only the checks that are asked for, and tells each finding as it comes', async () => {
    const told: string[] = []
    const report = await scene.doctor({
      ids: ['port.listening', 'config.found'],
      onFinding: ({id}) => told.push(id),
    })
    expect(report.findings.map(({id}) => id).sort()).toEqual(['config.found', 'port.listening'])
    expect(told.sort()).toEqual(['config.found', 'port.listening'])
  })

  test('refuses a check that does not exist, and names those that do', async () => {
    await expect(scene.doctor({ids: ['port.listning']})).rejects.toMatchObject({
      code: 'CHECK_UNKNOWN',
      exitCode: 2,
      fix: expect.stringContaining('port.listening'),
    })
  })

  test('ends at once when it is cancelled, with late checks and not with none', async () => {
    const report = await scene.doctor({signal: AbortSignal.abort()})
    expect(new Set(report.findings.map(({status}) => status))).toContain('timeout')
    expect(report.ms).toBeLessThan(1000)
  })

  test('gives rows for the console, root cause first', async () => {
    const [first] = doctorRows(await scene.doctor())
    expect(first).toEqual({
      id: 'process.running',
      status: 'fail',
      subject: scene.stateDir,
      summary: 'no runtime is running',
      remedy: 'only1mcp start',
    })
  })
})
