import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {beforeAll, describe, expect, it, vi} from 'vitest'
import {Child, type ChildOptions} from '../../src/mcp/child.ts'
import {type Reaper, startReaper} from '../../src/mcp/reaper.ts'
import {ownerVariable} from '../../src/mcp/sweep.ts'
import {readProcessStat} from '../../src/shared/proc.ts'
import {atEnd} from '../helpers/at-end.ts'
import {backendPath} from '../helpers/backends.ts'
import {processesMarked, untilGone} from '../helpers/processes.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const mark = 'c0ffee00:test.1'
let reaper: Reaper

beforeAll(() => {
  reaper = startReaper('c0ffee00', () => {})
  atEnd(() => reaper.dismiss())
})

function options(command: string, args: readonly string[] = [], more: Partial<ChildOptions> = {}): ChildOptions {
  return {command, args, cwd: undefined, env: {}, ownerMark: mark, reaper, ...more}
}

async function start(command: string, args: readonly string[] = [], more: Partial<ChildOptions> = {}): Promise<Child> {
  const child = await Child.start(options(command, args, more))
  atEnd(() => child.kill())
  return child
}

describe('a child', () => {
  it('gets what is configured, a few variables of ours, its mark, and no other variable', async () => {
    vi.stubEnv('EXAMPLE_SECRET', 'not for children')
    atEnd(() => void vi.unstubAllEnvs())
    const child = await start('/usr/bin/env', [], {env: {OWN: 'a b\nc'}, cwd: '/usr'})
    const said = await text(child.stdout)
    expect(said).toContain('OWN=a b\nc\n')
    expect(said).toContain(`PATH=${process.env.PATH}\n`)
    expect(said).toContain(`${ownerVariable}=${mark}\n`)
    expect(said).not.toContain('EXAMPLE_SECRET')
    expect(said).not.toContain('NODE_ENV')
    expect(await child.exited).toEqual({code: 0, signal: null})
  })

  it('is started without a shell: its arguments arrive as they are', async () => {
    const args = ['$HOME; echo owned', '`id`', '*', '', 'a  b', '"', "'", '\u2028']
    const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
    const child = await start(process.execPath, ['-e', script, '--', ...args])
    expect(JSON.parse(await text(child.stdout))).toEqual(args)
  })

  it('leads a process group of its own, so that a Ctrl-C at our terminal is not its end', async () => {
    const child = await start('cat')
    expect(readProcessStat(child.pid)?.groupId).toBe(child.pid)
  })

  it('that ends with its stdin is stopped without a signal', async () => {
    const child = await start('cat')
    await child.stop(5_000)
    expect(await child.exited).toEqual({code: 0, signal: null})
  })

  it('that does not is stopped by TERM', async () => {
    const child = await start('sleep', ['60'])
    const began = performance.now()
    await child.stop(2_000)
    expect(await child.exited).toEqual({code: null, signal: 'SIGTERM'})
    expect(performance.now() - began).toBeLessThan(1_900)
  })

  it('that is deaf is killed when its time is over, with all that it started, and a second stop does no harm', async () => {
    const child = await start(process.execPath, [backendPath('deaf-tree.mjs')])
    await untilSaid(child, /deaf 3 \d+/)
    const tree = processesMarked(ownerVariable, mark)
    expect(tree).toHaveLength(4)
    await Promise.all([child.stop(600), child.stop(60_000)])
    expect(await child.exited).toEqual({code: null, signal: 'SIGKILL'})
    await untilGone(tree, 500)
  })

  it('that dies by itself takes with it what it left in the background', async () => {
    const child = await start('/bin/sh', ['-c', 'sleep 60 & setsid sleep 61 & echo ready; read line'])
    await once(child.stdout, 'data')
    await vi.waitFor(() => expect(processesMarked(ownerVariable, mark)).toHaveLength(3))
    const family = processesMarked(ownerVariable, mark)
    process.kill(child.pid, 'SIGKILL')
    expect(await child.exited).toEqual({code: null, signal: 'SIGKILL'})
    await untilGone(family, 500)
  })
})

describe('a child that cannot be started', () => {
  const folder = (): string => {
    const path = tempDir()
    writeFileSync(join(path, 'plain'), 'no program\n', {mode: 0o644})
    return path
  }

  it.each<[string, (at: string) => Partial<ChildOptions> & {command: string}, string]>([
    ['no such program', () => ({command: 'no-such-program-here'}), 'no such program on the PATH'],
    ['no such file', at => ({command: join(at, 'nothing')}), 'no such file (or its interpreter is missing)'],
    ['a folder', at => ({command: at}), 'it is a folder, not a program'],
    ['not executable', at => ({command: join(at, 'plain')}), 'it is not executable for this user'],
    ['no such cwd', at => ({command: 'cat', cwd: join(at, 'nowhere')}), 'nowhere is not an existing folder'],
    ['a cwd that is a file', at => ({command: 'cat', cwd: join(at, 'plain')}), 'plain is not an existing folder'],
    ['an empty command', () => ({command: ''}), 'cannot start'],
    ['too much', () => ({command: 'cat', args: ['x'.repeat(3_000_000)]}), 'larger than the system allows'],
    ['a NUL in it', () => ({command: 'cat', args: ['a\u0000b']}), 'null bytes'],
  ])('says why: %s', async (_what, wrong, why) => {
    const {command, ...more} = wrong(folder())
    await expect(Child.start(options(command, [], more))).rejects.toMatchObject({
      name: 'CallFailure',
      kind: 'SpawnFailed',
      blame: 'proxy',
      delivered: 'no',
      message: expect.stringContaining(why),
    })
  })
})

async function untilSaid(child: Child, pattern: RegExp): Promise<void> {
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await vi.waitFor(() => expect(said).toMatch(pattern), 5_000)
}
