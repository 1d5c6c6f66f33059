import {chmodSync, existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {asUser, needsUser, tempDirOf} from './as-user.ts'
import {backendPath} from './backends.ts'
import {runCli, spawnCli} from './cli.ts'
import {freePort} from './free-port.ts'
import {findBinary, needsBinary} from './missing-binary.ts'
import {packageRoot} from './package-root.ts'
import {linkDependencies} from './planted-package.ts'
import {aliveDescendants, processesMarked, stillAlive, untilGone} from './processes.ts'
import {runProgram, spawnProgram} from './program.ts'
import {tempDir} from './temp-dir.ts'

describe('tempDir', () => {
  let ofTheFile = ''
  let ofATest = ''
  beforeAll(() => {
    ofTheFile = tempDir()
  })

  it('gives an empty folder of our own that fits a control socket', () => {
    ofATest = tempDir()
    expect(`${ofATest}/state/control.sock`.length).toBeLessThan(107)
    writeFileSync(join(ofATest, 'left'), 'behind')
  })

  it('removes it when its test has ended, or its file when a hook made it', () => {
    expect(ofATest).not.toBe('')
    expect(existsSync(ofATest)).toBe(false)
    expect(existsSync(ofTheFile)).toBe(true)
  })

  // Hooks run in the opposite order: this one runs before the one that removes the folder.
  afterAll(() => expect(existsSync(ofTheFile)).toBe(true))
})

describe('runProgram', () => {
  it('gives output, input, status and a clean environment', async () => {
    const script = 'cat; echo "$HOME $ONLY1MCP_CONFIG $VITEST $EXTRA" >&2; exit 5'
    const {code, stdout, stderr} = await runProgram('sh', ['-c', script], {input: 'héllo', env: {EXTRA: 'extra'}})
    expect({code, stdout}).toEqual({code: 5, stdout: 'héllo'})
    expect(stderr).toMatch(/^\/\S+ {3}extra\n$/)
    expect(stderr).not.toContain(process.env.HOME === undefined ? '/nowhere' : `${process.env.HOME} `)
  })

  it('kills what does not end in time, and shows what it had written', async () => {
    const late = runProgram('sh', ['-c', 'echo so far; exec sleep 60'], {timeoutMs: 200})
    await expect(late).rejects.toThrow(/did not end within 200 ms\n--- stdout\nso far/)
  })

  it('throws when there is no such program', async () => {
    await expect(runProgram('/no/such/program', [])).rejects.toMatchObject({code: 'ENOENT'})
  })
})

describe('spawnProgram', () => {
  let left: ReturnType<typeof aliveDescendants> = []

  it('waits for output, and says what came instead', async () => {
    const program = spawnProgram('sh', ['-c', 'echo ready; exec sleep 60'])
    await program.untilOutput(/^ready$/m)
    left = aliveDescendants(process.pid).filter(({pid}) => pid === program.pid)
    expect(left).toHaveLength(1)
    await expect(program.untilOutput(/never/, 100)).rejects.toThrow(
      /100 ms passed without \/never\/ .*\n--- stdout\nready/,
    )
    const other = spawnProgram('sh', ['-c', 'echo no >&2'])
    await expect(other.untilOutput(/yes/)).rejects.toThrow(/it ended without \/yes\/ [\s\S]*--- stderr\nno/)
  })

  it('has ended a program when its test has', () => {
    expect(left).toHaveLength(1)
    expect(stillAlive(left)).toEqual([])
  })

  it('ends with TERM, and with KILL what is deaf to it', async () => {
    const polite = spawnProgram('sh', ['-c', 'exec sleep 60'])
    expect(await polite.end()).toEqual({code: null, signal: 'SIGTERM'})
    const deaf = spawnProgram('sh', ['-c', 'trap "" TERM; echo deaf; while :; do sleep 0.05; done'])
    await deaf.untilOutput(/deaf/)
    expect(await deaf.end(100)).toEqual({code: null, signal: 'SIGKILL'})
  })
})

describe('runCli and spawnCli', () => {
  it('run the built command', async () => {
    expect(await runCli(['version'])).toMatchObject({code: 0, signal: null, stderr: ''})
    expect((await runCli(['no-such-command'])).code).toBe(2)
    expect(await spawnCli(['version']).exited).toEqual({code: 0, signal: null})
  })
})

describe('processes', () => {
  it('are found by their mark and below their parent, also those that outlive it', async () => {
    const mark = `mark-${process.pid}-${Date.now()}`
    const parent = spawnProgram('sh', ['-c', 'sh -c "sleep 60 & sleep 60" & echo up; wait'], {env: {TEST_MARK: mark}})
    await parent.untilOutput(/up/)
    await expect.poll(() => aliveDescendants(parent.pid)).toHaveLength(3)
    const tree = aliveDescendants(parent.pid)
    expect(
      processesMarked('TEST_MARK', mark)
        .map(({pid}) => pid)
        .sort(),
    ).toEqual([parent.pid, ...tree.map(({pid}) => pid)].sort())
    parent.child.kill('SIGKILL')
    await expect.poll(() => processesMarked('TEST_MARK', mark)).toHaveLength(3)
    expect(stillAlive(tree)).toHaveLength(3)
    await expect(untilGone(tree, 50)).rejects.toThrow(/still alive: s.+ \(pid \d+\), /)
    for (const {pid} of tree) process.kill(pid, 'SIGKILL')
    await untilGone(tree)
    expect(processesMarked('TEST_MARK', mark)).toEqual([])
  })
})

describe('asUser', () => {
  it('runs as a plain user without our groups, who cannot read what is ours', async () => {
    const user = needsUser()
    const secret = join(tempDir(), 'secret')
    writeFileSync(secret, 'ours', {mode: 0o600})
    const id = await asUser(user.name, 'id', [])
    expect(id.stdout).toContain(`uid=${user.uid}(${user.name})`)
    expect(id.stdout).not.toContain('(root)')
    expect((await asUser(user.name, 'cat', [secret])).stderr).toMatch(/Permission denied/)
  })

  it('gives a HOME, and folders, that the user can write', async () => {
    const user = needsUser()
    const folder = tempDirOf(user)
    const {code, stderr} = await asUser(user.name, 'sh', ['-c', 'touch "$HOME/a" "$1/b"', 'sh', folder])
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
  })

  it('runs the CLI', async () => {
    const {code, stdout} = await asUser('nobody', join(packageRoot, 'bin/only1mcp'), ['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^only1mcp\//)
  })
})

describe('needsBinary', () => {
  it('finds what is installed, and nothing that cannot be run', () => {
    expect(needsBinary('sh')).toMatch(/\/sh$/)
    const folder = tempDir()
    writeFileSync(join(folder, 'tool-of-ours'), '#!/bin/sh\n')
    expect(findBinary('tool-of-ours', folder)).toBeUndefined()
    chmodSync(join(folder, 'tool-of-ours'), 0o755)
    expect(findBinary('tool-of-ours', folder)).toBe(join(folder, 'tool-of-ours'))
  })

  it('skips a test that needs what is not there, and the report says why', async () => {
    const folder = tempDir()
    linkDependencies(folder)
    const helper = JSON.stringify(join(packageRoot, 'test/helpers/missing-binary.ts'))
    const planted = `import {it} from 'vitest'\nimport {needsBinary} from ${helper}
      it('needs it', () => {
        needsBinary('no-such-program')
        throw new Error('the test went on')
      })`
    writeFileSync(join(folder, 'planted.test.ts'), planted)
    const vitest = join(packageRoot, 'node_modules/vitest/vitest.mjs')
    const {code, stdout} = await runProgram(process.execPath, [vitest, 'run', '--root', folder, '--reporter=verbose'])
    expect(stdout).toContain('skipped: no-such-program is not installed')
    expect(code).toBe(0)
  })
})

describe('freePort', () => {
  it('is a port that can be listened on', async () => {
    const port = await freePort()
    await new Promise<void>((resolve, reject) => {
      const server = createServer().on('error', reject)
      server.listen(port, '127.0.0.1', () => server.close(() => resolve()))
    })
  })
})

describe('the table of backends', () => {
  it('names every file of the folder', () => {
    const readme = readFileSync(backendPath('README.md'), 'utf8')
    const files = readdirSync(backendPath(''))
    expect(files.length).toBeGreaterThan(20)
    expect(files.filter(file => file !== 'README.md' && !readme.includes(`\`${file}\``))).toEqual([])
  })
})
