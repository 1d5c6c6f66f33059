import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {launcher} from '../helpers/cli.ts'
import {packageRoot} from '../helpers/package-root.ts'
import {pathWithoutNode, plantLauncher, plantNode} from '../helpers/planted-package.ts'
import {runProgram, spawnProgram} from '../helpers/program.ts'
import {tempDir} from '../helpers/temp-dir.ts'

/** Tells what it was started as, and with 'wait' goes on until a TERM. */
const probe = `
process.on('SIGTERM', () => process.exit(42))
console.log(JSON.stringify({pid: process.pid, args: process.argv.slice(2), flags: process.execArgv, node: process.execPath}))
if (process.argv[2] === 'wait') setInterval(() => {}, 1000)
else process.exitCode = Number(process.argv[2] ?? 0)
`

describe('the launcher', () => {
  it('becomes the program: the pid stays, so that a TERM to it reaches the program', async () => {
    const program = spawnProgram(plantLauncher(tempDir(), probe), ['wait'])
    const [line = ''] = await program.untilOutput(/^\{.*\}$/m)
    expect(JSON.parse(line)).toMatchObject({pid: program.pid, flags: ['--disable-sigusr1']})
    program.child.kill('SIGTERM')
    expect(await program.exited).toEqual({code: 42, signal: null})
  })

  it('hands arguments on as they are, and the exit status back', async () => {
    const args = ['7', '', ' two  spaces ', '*', '$HOME', '"\'\\', '--help', '-n', 'line\nbreak', 'ünï', '--']
    const {code, stdout} = await runProgram(plantLauncher(tempDir(), probe), args)
    expect(JSON.parse(stdout).args).toEqual(args)
    expect(code).toBe(7)
  })

  it('finds its package from a path with spaces, through a link, and through a chain of relative links', async () => {
    const folder = join(tempDir(), "a folder of 'ours' $(x)")
    const planted = plantLauncher(join(folder, 'the package'), probe)
    const [absolute, relative, chained] = [
      join(folder, 'absolute'),
      join(folder, 'rela tive'),
      join(folder, 'sub/chained'),
    ]
    symlinkSync(planted, absolute)
    symlinkSync('the package/bin/only1mcp', relative)
    mkdirSync(dirname(chained))
    symlinkSync('../rela tive', chained)
    for (const path of [planted, absolute, relative, chained]) {
      const {stdout, stderr} = await runProgram(path, [])
      expect(stderr).toBe('')
      expect(JSON.parse(stdout).args).toEqual([])
    }
    // As from a shell that finds it on the PATH, and from a relative path in another folder.
    for (const command of ['absolute', './sub/chained']) {
      const {code} = await runProgram('sh', ['-c', command], {
        cwd: folder,
        env: {PATH: `${folder}:${process.env.PATH}`},
      })
      expect(code).toBe(0)
    }
  })

  it.each([
    ["the package's own", 'pkg/node_modules'],
    ['one that npm hoisted beside it', '.'],
  ])('takes %s Node before the one on the PATH', async (_what, place) => {
    const root = tempDir()
    const planted = plantLauncher(join(root, 'pkg'), 'console.log("the wrong one")')
    const own = join(root, place, `node-linux-${process.arch}`, 'bin')
    mkdirSync(own, {recursive: true})
    writeFileSync(join(own, 'node'), '#!/bin/sh\necho own node: "$@"\n', {mode: 0o755})
    const {stdout} = await runProgram(planted, ['a b'])
    expect(stdout).toBe(`own node: --disable-sigusr1 ${join(root, 'pkg/bin/run.js')} a b\n`)
  })

  it('says what it needs, in one line and with 2, where there is no Node at all', async () => {
    const folder = tempDir()
    const {code, stdout, stderr} = await runProgram(plantLauncher(join(folder, 'pkg'), probe), [], {
      env: {PATH: pathWithoutNode(join(folder, 'bin'))},
    })
    expect({code, stdout}).toEqual({code: 2, stdout: ''})
    expect(stderr).toMatch(/^only1mcp needs Node 22\.19 or newer, and there is no node on the PATH; .+\n$/)
  })

  it.each(['22.19.0', '24.21.0', '30.1.0'])('turns the debugger signal off on Node %s', async version => {
    const {stdout} = await launchOn(version, probe)
    expect(JSON.parse(stdout).flags).toContain('--disable-sigusr1')
  })

  it.each(['9.11.2', '18.20.8', '20.20.2', '22.13.1'])(
    'leaves out a flag that Node %s does not know',
    async version => {
      const {stdout} = await launchOn(version, probe)
      expect(JSON.parse(stdout).flags).not.toContain('--disable-sigusr1')
    },
  )

  it('is the file that package.json installs as the command', async () => {
    const {stdout} = await runProgram(launcher, ['--version'])
    expect(stdout).toMatch(/^only1mcp\/\d+\.\d+\.\d+ /)
    expect(launcher).toBe(join(packageRoot, 'bin/only1mcp'))
  })
})

/** Runs a launcher on a PATH whose only Node says it is of this version. */
function launchOn(version: string, runJs: string) {
  const folder = tempDir()
  const path = pathWithoutNode(join(folder, 'bin'))
  plantNode(path, version)
  return runProgram(plantLauncher(join(folder, 'pkg'), runJs), [], {env: {PATH: path}})
}
