import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {copyFileSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest'
import {isAlive, readArgv, readEnvironmentVariable, readExe, readProcessStat} from '../../src/shared/proc.ts'

let folder: string
const started: ReturnType<typeof spawn>[] = []

function start(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(command, args, {env: {PATH: process.env.PATH ?? '', ...env}, stdio: ['ignore', 'pipe', 'ignore']})
  started.push(child)
  return child
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'only1mcp-proc-'))
})
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, {recursive: true, force: true})
})

describe('a process', () => {
  it('is read from /proc, also when its name holds spaces and brackets', async () => {
    const program = join(folder, 'a (b) S 1 ')
    copyFileSync('/bin/sleep', program)
    const child = start(program, ['60', '0'], {MARK: 'a=b', MARKED: 'x'})
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    await vi.waitFor(() => expect(readExe(pid)).toBe(program))
    await vi.waitFor(() =>
      expect(readProcessStat(pid)).toMatchObject({pid, comm: 'a (b) S 1 ', parentPid: process.pid, state: 'S'}),
    )
    expect(readArgv(pid)).toEqual([program, '60', '0'])
    expect(readEnvironmentVariable(pid, 'MARK')).toBe('a=b')
    expect(readEnvironmentVariable(pid, 'MAR')).toBeUndefined()
  })

  it('is alive until it ends, and a later one with its pid is another', async () => {
    const child = start('sleep', ['60'])
    await once(child, 'spawn')
    const stat = readProcessStat(child.pid ?? 0)
    if (stat === undefined) throw new Error('no /proc entry')
    expect(isAlive(stat)).toBe(true)
    expect(isAlive({pid: stat.pid, startTicks: stat.startTicks + 1})).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isAlive(stat)).toBe(false)
    expect([
      readProcessStat(stat.pid),
      readArgv(stat.pid),
      readExe(stat.pid),
      readEnvironmentVariable(stat.pid, 'PATH'),
    ]).toEqual([undefined, undefined, undefined, undefined])
  })

  it('that is a zombie is not alive', async () => {
    const shell = start('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'])
    const [line] = await once(shell.stdout ?? shell, 'data')
    const pid = Number(String(line))
    const zombie = await vi.waitFor(() => {
      const stat = readProcessStat(pid)
      expect(stat?.state).toBe('Z')
      return stat
    })
    expect(zombie && isAlive(zombie)).toBe(false)
    expect(readArgv(pid)).toEqual([])
  })
})
