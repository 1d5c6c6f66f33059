import {once} from 'node:events'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {describe, expect, it, vi} from 'vitest'
import {startReaper} from '../../src/mcp/reaper.ts'
import {findOwned, killOwned, ownerVariable} from '../../src/mcp/sweep.ts'
import {type ProcessStat, readProcessStat} from '../../src/shared/proc.ts'
import {processesMarked, stillAlive, untilGone} from '../helpers/processes.ts'
import {type RunningProgram, spawnProgram} from '../helpers/program.ts'

/** A process with our mark in its environment. */
function marked(mark: string, command = 'sleep', args = ['60']): RunningProgram {
  return spawnProgram(command, args, {env: {[ownerVariable]: mark}})
}

const statOf = (program: RunningProgram): ProcessStat => {
  const stat = readProcessStat(program.pid)
  if (stat === undefined) throw new Error('it has gone')
  return stat
}

describe('a sweep', () => {
  it('finds what carries the mark of a runtime, or of one of its children, and nothing else', async () => {
    const [one, two, other, longer] = [
      marked('5eed0001:a.1'),
      marked('5eed0001:b.1'),
      marked('5eed0002:a.1'),
      marked('5eed00011:a.1'),
    ]
    await vi.waitFor(() => expect(processesMarked(ownerVariable, '5eed00011:a.1')).toHaveLength(1))
    expect(findOwned('5eed0001').sort()).toEqual([one.pid, two.pid].sort())
    expect(findOwned('5eed0001:a.1')).toEqual([one.pid])
    expect(findOwned('5eed0001:a')).toEqual([])
    expect(killOwned('5eed0001').sort()).toEqual([one.pid, two.pid].sort())
    await untilGone([one, two].flatMap(({pid}) => readProcessStat(pid) ?? []))
    expect(stillAlive([statOf(other), statOf(longer)])).toHaveLength(2)
    expect(killOwned('5eed0001')).toEqual([])
  })

  it('keeps up with processes that fork while they are killed', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8; do (sleep 60 & sleep 60) & done; echo ready; wait'
    const tree = marked('5eed0003:a.1', '/bin/sh', ['-c', script])
    await tree.untilOutput(/ready/)
    await vi.waitFor(() => expect(findOwned('5eed0003').length).toBeGreaterThanOrEqual(17))
    killOwned('5eed0003')
    await vi.waitFor(() => expect(findOwned('5eed0003')).toEqual([]))
  })
})

/** A process that starts a reaper over these groups and then waits; what is killed is this one. */
async function runtimeWith(instance: string, groups: readonly (readonly [number, number])[]): Promise<RunningProgram> {
  const source = fileURLToPath(new URL('../../src/mcp/reaper.ts', import.meta.url))
  const script = `
    const {startReaper} = await import(${JSON.stringify(source)})
    const reaper = startReaper(${JSON.stringify(instance)}, error => console.error(error))
    for (const [pgid, ticks] of ${JSON.stringify(groups)}) reaper.add(pgid, ticks)
    console.log('reaper ' + reaper.pid)
    setInterval(() => {}, 1000)`
  const program = spawnProgram(process.execPath, ['--input-type=module', '-e', script])
  await program.untilOutput(/^reaper \d+$/m)
  return program
}

async function reaperOf(program: RunningProgram): Promise<ProcessStat> {
  const [, pid] = await program.untilOutput(/^reaper (\d+)$/m)
  const stat = readProcessStat(Number(pid))
  if (stat === undefined) throw new Error('there is no reaper')
  return stat
}

describe('the reaper', () => {
  it('kills the groups and what carries the mark when its runtime is killed, then goes', async () => {
    const grouped = await leader('sleep 60 & sleep 60')
    const strayed = marked('5eed0004:a.1')
    const runtime = await runtimeWith('5eed0004', [[grouped.pid, statOf(grouped).startTicks]])
    const reaper = await reaperOf(runtime)
    const family = [statOf(grouped), statOf(strayed), reaper]
    runtime.child.kill('SIGKILL')
    await untilGone(family, 2_000)
  })

  it('leaves a group alone whose number now belongs to another process', async () => {
    const stranger = await leader('sleep 60')
    const runtime = await runtimeWith('5eed0005', [[stranger.pid, statOf(stranger).startTicks + 1]])
    const reaper = await reaperOf(runtime)
    runtime.child.kill('SIGKILL')
    await untilGone([reaper], 2_000)
    expect(stillAlive([statOf(stranger)])).toHaveLength(1)
  })

  it('cannot be ended by TERM, INT or HUP, and kills nothing once it was dismissed', async () => {
    const kept = await leader('sleep 60')
    const reaper = startReaper('5eed0006', () => {})
    const stat = readProcessStat(reaper.pid ?? 0)
    expect(stat).toBeDefined()
    reaper.add(kept.pid, statOf(kept).startTicks)
    await vi.waitFor(() => expect(trapsSignals(reaper.pid ?? 0)).toBe(true))
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(reaper.pid ?? 0, signal)
    expect(stat && stillAlive([stat])).toHaveLength(1)
    reaper.dismiss()
    await untilGone(stat ? [stat] : [], 2_000)
    expect(stillAlive([statOf(kept)])).toHaveLength(1)
  })
})

/** A shell that leads a group of its own; it runs `script` and lives until it is killed. */
async function leader(script: string): Promise<RunningProgram> {
  const program = spawnProgram('setsid', ['/bin/sh', '-c', `${script} & echo ready; wait`])
  await Promise.race([program.untilOutput(/ready/), once(program.child, 'error')])
  return program
}

/** Whether a process ignores TERM, from /proc: before that a signal would end it while it starts. */
function trapsSignals(pid: number): boolean {
  const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${ignored}`) & (1n << 14n)) !== 0n
}
