import {describe, expect, it} from 'vitest'
import {launcher, runCli, spawnCli} from '../helpers/cli.ts'
import {runProgram} from '../helpers/program.ts'

describe('a reader that goes away', () => {
  it('ends the program quietly: only1mcp --help | head -1', async () => {
    const {stdout, stderr} = await runProgram('sh', ['-c', '"$1" --help | head -1', 'sh', launcher])
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stderr).toBe('')
  })

  it.each([['--help'], ['--version'], ['version', '--build-info', '--json']])(
    'ends `only1mcp %s %s %s` quietly when nobody reads from the start',
    async (...args) => {
      const program = spawnCli(args)
      program.child.stdout.destroy()
      expect(await program.exited).toEqual({code: 0, signal: null})
      expect(program.stderr()).toBe('')
    },
  )

  it('keeps the status of a failure whose message nobody reads', async () => {
    const {code, stderr} = await runCli(['no-such-command'])
    expect(code).toBe(2)
    expect(stderr).not.toBe('')
    const program = spawnCli(['no-such-command'])
    program.child.stderr.destroy()
    expect(await program.exited).toEqual({code: 2, signal: null})
  })
})
