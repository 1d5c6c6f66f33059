import {chmodSync, statSync} from 'node:fs'
import {afterEach, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {foreignListener, Scene} from '../../diagnostics/scene.ts'
import {server} from '../../diagnostics/world.ts'
import {cliPath, type Pty, startInPty} from '../../helpers/pty.ts'

let scene: Scene
beforeEach(() => {
  scene = new Scene()
  scene.config('version: "1.0"\nserver:\n  port: 1\n')
})
afterEach(() => scene.close())

function doctorOn(...args: string[]): Pty {
  const pty = startInPty(cliPath, ['doctor', ...args], {cwd: scene.folder, cols: 160, env: scene.env})
  onTestFinished(() => pty.stop())
  return pty
}

const modeOf = (path: string): number => statSync(path).mode & 0o777

test('doctor counts on one line while it looks, and takes that line away', async () => {
  await scene.runtime([server()])
  chmodSync(scene.stateDir, 0o700)
  const doctor = doctorOn('host', 'process')
  expect((await doctor.exited).code).toBe(0)
  await doctor.screen.settled()
  const counted = [...doctor.raw().matchAll(/looking: (\d+) of (\d+)/g)].map(([, done, all]) => [
    Number(done),
    Number(all),
  ])
  const total = counted[0]?.[1] ?? 0
  expect(total).toBeGreaterThan(5)
  expect(counted.map(([done]) => done)).toEqual(counted.map(([done]) => done).sort((a = 0, b = 0) => a - b))
  expect(counted.at(-1)).toEqual([total, total])
  expect(doctor.raw()).toMatch(/looking: \d+ of \d+; waiting for [a-z_.]+/)
  expect(doctor.screen.text()).not.toContain('looking:')
  expect(doctor.screen.lines()[0]).toMatch(/^no problem found/)
})

describe('doctor --fix asks', () => {
  const question = /do it\? \[y\/N\]/
  beforeEach(() => chmodSync(scene.stateDir, 0o755))

  test.each(['y', 'yes', 'Y'])('and does it after %j, and looks again', async answer => {
    const doctor = doctorOn('state.folder', '--fix')
    await doctor.waitFor(question)
    expect(modeOf(scene.stateDir)).toBe(0o755)
    doctor.type(`${answer}\r`)
    expect((await doctor.exited).code).toBe(0)
    expect(doctor.raw()).toContain(`done: chmod 700 ${scene.stateDir}`)
    expect(doctor.raw()).toContain('no problem found')
    expect(modeOf(scene.stateDir)).toBe(0o700)
  })

  test.each([
    ['n', 'n\r'],
    ['Enter alone', '\r'],
    ['another word', 'yesterday\r'],
    ['^C', '\u0003'],
    ['^D', '\u0004'],
    ['^C in the middle of a word', 'y\u0003'],
  ])('and changes nothing after %s', async (_, keys) => {
    const doctor = doctorOn('state.folder', '--fix')
    await doctor.waitFor(question)
    doctor.type(keys)
    expect(await doctor.exited).toEqual({code: 1, signal: 0})
    await doctor.screen.settled()
    const lines = doctor.screen.lines()
    expect(lines).toContain('nothing was changed')
    expect(doctor.screen.text()).toMatch(/WARN|FAIL/)
    expect(doctor.raw()).not.toMatch(/unsettled|Warning:|at .*node:/)
    expect(modeOf(scene.stateDir)).toBe(0o755)
  })

  test('and ends when the terminal is hung up, with nothing changed', async () => {
    const doctor = doctorOn('state.folder', '--fix')
    await doctor.waitFor(question)
    doctor.hangUp()
    await expect.poll(() => isThere(doctor.pid), {timeout: 10_000}).toBe(false)
    expect(modeOf(scene.stateDir)).toBe(0o755)
  })
})

test('doctor --fix asks by itself whether a process is to be ended, and ^C there takes the first yes back', async () => {
  const {child, line} = await scene.start(process.execPath, foreignListener)
  scene.config(`version: "1.0"\nserver:\n  port: ${line}\n`)
  chmodSync(scene.stateDir, 0o755)
  const doctor = doctorOn('state.folder', 'port.owner', '--fix')
  await doctor.waitFor(/do it\? \[y\/N\]/)
  doctor.type('y\r')
  await doctor.waitFor(new RegExp(`TERM.*${child.pid}.*\\? \\[y/N\\]|${child.pid}.*TERM.*\\? \\[y/N\\]`))
  doctor.type('\u0003')
  expect((await doctor.exited).code).toBe(1)
  expect(doctor.raw()).toContain('nothing was changed')
  expect(modeOf(scene.stateDir)).toBe(0o755)
  expect(child.exitCode).toBeNull()
})

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
