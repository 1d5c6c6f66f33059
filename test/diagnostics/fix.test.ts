import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, existsSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import net from 'node:net'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {folderStep} from '../../src/diagnostics/fix/folder-step.ts'
import {leftoverStep} from '../../src/diagnostics/fix/leftover-step.ts'
import {modeStep} from '../../src/diagnostics/fix/mode-step.ts'
import {planFixes} from '../../src/diagnostics/fix/plan.ts'
import {processStep} from '../../src/diagnostics/fix/process-step.ts'
import {carryOut, type Step} from '../../src/diagnostics/fix/step.ts'
import {readProcessStat} from '../../src/shared/proc.ts'
import {tempDir} from '../helpers/temp-dir.ts'
import {Scene} from './scene.ts'
import {server} from './world.ts'

const modeOf = (path: string): number => statSync(path).mode & 0o7777

function fileOf(mode: number): string {
  const path = join(tempDir(), 'file')
  writeFileSync(path, 'content')
  chmodSync(path, mode)
  return path
}

describe('a mode', () => {
  test('is set, and the file is otherwise as it was', async () => {
    const path = fileOf(0o644)
    expect(await carryOut(modeStep(path, 0o640))).toMatchObject({state: 'done', describe: `chmod 640 ${path}`})
    expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual([0o640, 'content'])
  })

  test('is put back by undo', async () => {
    const path = fileOf(0o644)
    const step = modeStep(path, 0o600)
    await carryOut(step)
    await step.undo?.()
    expect(modeOf(path)).toBe(0o644)
  })

  test('is never set through a link, nor on a file with a second name', async () => {
    const path = fileOf(0o644)
    symlinkSync(path, `${path}.link`)
    expect(await carryOut(modeStep(`${path}.link`, 0o600))).toMatchObject({state: 'refused'})
    linkSync(path, `${path}.second`)
    expect(await carryOut(modeStep(path, 0o600))).toMatchObject({state: 'refused'})
    expect(modeOf(path)).toBe(0o644)
  })
})

describe('a folder', () => {
  test('is made with those above it, for this user alone, and undo takes away what was made', async () => {
    const base = tempDir()
    const path = join(base, 'a', 'b')
    const step = folderStep(path)
    expect(await carryOut(step)).toMatchObject({state: 'done'})
    expect(modeOf(path)).toBe(0o700)
    await step.undo?.()
    expect([existsSync(join(base, 'a')), existsSync(base)]).toEqual([false, true])
  })

  test('that is there already is left alone', async () => {
    expect(await carryOut(folderStep(tempDir()))).toMatchObject({
      state: 'refused',
      why: expect.stringContaining('there already'),
    })
  })
})

describe('what a runtime has left', () => {
  let scene: Scene
  beforeEach(() => {
    scene = new Scene()
  })
  afterEach(() => scene.close())

  test('is taken away when it is dead, and left alone while it lives', async () => {
    const {pid} = await scene.runtime([server()])
    const record = join(scene.stateDir, 'runtime.json')
    expect(await carryOut(leftoverStep(record, 'record'))).toMatchObject({
      state: 'refused',
      why: `a runtime is running (pid ${pid})`,
    })
    await scene.kill(pid)
    const step = leftoverStep(record, 'record')
    const before = readFileSync(record, 'utf8')
    expect(await carryOut(step)).toMatchObject({state: 'done'})
    expect(await carryOut(leftoverStep(join(scene.stateDir, 'control.sock'), 'socket'))).toMatchObject({state: 'done'})
    await step.undo?.()
    expect(readFileSync(record, 'utf8')).toBe(before)
  })

  test('is found and planned by the doctor, and gone when it looks again', async () => {
    const {pid} = await scene.runtime([server()])
    await scene.kill(pid)
    const plan = planFixes(await scene.doctor({ids: ['state.leftovers']}))
    expect(plan.map(({step}) => step.describe)).toEqual([
      `remove ${join(scene.stateDir, 'runtime.json')}`,
      `remove ${join(scene.stateDir, 'control.sock')}`,
    ])
    for (const {step} of plan) expect((await carryOut(step)).state).toBe('done')
    expect(planFixes(await scene.doctor({ids: ['state.leftovers']}))).toEqual([])
  })

  test('is no folder, no link and no other file', async () => {
    const record = join(scene.stateDir, 'runtime.json')
    mkdirSync(record)
    expect(await carryOut(leftoverStep(record, 'record'))).toMatchObject({state: 'refused'})
    const link = join(scene.stateDir, 'control.sock')
    symlinkSync('/etc/passwd', link)
    expect(await carryOut(leftoverStep(link, 'socket'))).toMatchObject({state: 'refused', why: `${link} is no socket`})
    expect(existsSync('/etc/passwd')).toBe(true)
  })
})

describe('a process', () => {
  const started: ChildProcess[] = []
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL')
  })

  async function start(script: string) {
    const child = spawn('sh', ['-c', `${script}; echo ready; while :; do sleep 0.1; done`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    started.push(child)
    await once(child.stdout, 'data')
    const pid = child.pid ?? 0
    return {child, pid, startTicks: readProcessStat(pid)?.startTicks ?? 0}
  }

  test('gets TERM', async () => {
    const {child, pid, startTicks} = await start(':')
    const exit = once(child, 'exit')
    expect(await carryOut(processStep(pid, startTicks, 'sh'))).toMatchObject({state: 'done'})
    expect(await exit).toEqual([null, 'SIGTERM'])
  })

  test('that is another one by now is left alone', async () => {
    const {child, pid, startTicks} = await start(':')
    expect(await carryOut(processStep(pid, startTicks + 1, 'sh'))).toMatchObject({
      state: 'refused',
      why: `pid ${pid} is gone, or another process by now`,
    })
    expect(child.exitCode).toBeNull()
  })

  test('that does not go is left alone: nothing harder is sent', {timeout: 15_000}, async () => {
    const {child, pid, startTicks} = await start('trap "" TERM')
    expect(await carryOut(processStep(pid, startTicks, 'sh'))).toMatchObject({state: 'failed'})
    expect(child.exitCode ?? child.signalCode).toBeNull()
  })

  test('is never this one, its parent, or the first', async () => {
    for (const pid of [0, 1, -1, process.pid, process.ppid]) {
      const ticks = readProcessStat(pid)?.startTicks ?? 0
      expect((await carryOut(processStep(pid, ticks, 'x'))).state).toBe('refused')
    }
  })

  test('that holds the port is named in the plan, with a yes of its own', async () => {
    const scene = new Scene()
    try {
      const holder = net.createServer()
      await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
      const {port} = holder.address() as net.AddressInfo
      scene.config(`version: "1.0"\nserver:\n  port: ${port}\n`)
      const [planned] = planFixes(await scene.doctor({ids: ['port.owner']}))
      holder.close()
      expect(planned?.step).toMatchObject({grave: true, id: `process ${process.pid}`})
    } finally {
      await scene.close()
    }
  })
})

describe('a step', () => {
  const base: Step = {
    id: 'x',
    describe: 'x',
    grave: false,
    precheck: async () => null,
    apply: async () => {},
    verify: async () => null,
    undo: undefined,
  }

  test('that had no effect is taken back, and says so', async () => {
    let undone = 0
    const step = {...base, verify: async () => 'no effect', undo: async () => void undone++}
    expect(await carryOut(step)).toMatchObject({state: 'undone', why: 'no effect'})
    expect(undone).toBe(1)
  })

  test('that throws is taken back; one whose precheck throws is not begun', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('EPERM')
    }
    expect(await carryOut({...base, apply: broken, undo: async () => {}})).toMatchObject({
      state: 'undone',
      why: 'EPERM',
    })
    expect(await carryOut({...base, precheck: broken})).toMatchObject({state: 'refused', why: 'EPERM'})
    expect(await carryOut({...base, apply: broken, undo: broken})).toMatchObject({
      state: 'failed',
      why: 'EPERM; and it could not be taken back: EPERM',
    })
  })
})
