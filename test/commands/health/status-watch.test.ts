import {execFileSync} from 'node:child_process'
import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, onTestFinished, test, vi} from 'vitest'
import {Scene} from '../../diagnostics/scene.ts'
import {server} from '../../diagnostics/world.ts'
import {runCli, spawnCli} from '../../helpers/cli.ts'
import {cliPath, type Pty, type PtyOptions, startInPty} from '../../helpers/pty.ts'

let scene: Scene
beforeEach(() => {
  scene = new Scene()
  scene.config('version: "1.0"\n')
})
afterEach(() => scene.close())

/** Other tests run beside this one. */
const within = {timeout: 10_000}

const watchArgs = ['health', 'status', '--watch', '--interval', '150ms']

function watchOn(options: PtyOptions = {}): Pty {
  const pty = startInPty(cliPath, watchArgs, {cwd: scene.folder, ...options, env: {...scene.env, ...options.env}})
  onTestFinished(() => pty.stop())
  return pty
}

/** Shown and hidden as often as each other, and shown last. */
function cursorIsBack(pty: Pty): boolean {
  return pty.raw().lastIndexOf('\u001b[?25h') > pty.raw().lastIndexOf('\u001b[?25l')
}

describe('health status --watch on a terminal', () => {
  test('draws in place, without clearing the screen, and says what does not fit on 80x24', async () => {
    await scene.runtime(
      Array.from({length: 60}, (_, at) => server({id: `server-${at}`, status: at === 59 ? 'down' : 'up'})),
    )
    const pty = watchOn()
    await pty.waitFor('… 40 more not shown: 40 up')
    const drawn = pty.raw().split('\u001b[?2026h').length
    await vi.waitFor(() => expect(pty.raw().split('\u001b[?2026h').length).toBeGreaterThan(drawn + 4), within)
    const lines = pty.screen.lines()
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}running {2}60 servers: 1 down, 59 up/)
    expect(lines[2]).toMatch(/^server-59 .*down/)
    expect(lines.filter(line => line.includes('more not shown'))).toHaveLength(1)
    expect(pty.screen.alternate).toBe(false)
    expect(pty.raw()).not.toMatch(/\u001b\[[0-3]?J|\u001bc/)
  })

  test('fits another size at once', async () => {
    await scene.runtime(Array.from({length: 60}, (_, at) => server({id: `server-${at}`})))
    const pty = watchOn()
    await pty.waitFor('40 more not shown')
    pty.resize(60, 12)
    await pty.waitFor('52 more not shown')
    expect(pty.screen.lines()[0]).toContain('60 servers')
    pty.resize(120, 40)
    await pty.waitFor('24 more not shown')
    await pty.waitFor('BRIDGED')
  })

  test.each([
    ['^C', 0, (pty: Pty) => pty.type('\u0003')],
    ['q', 0, (pty: Pty) => pty.type('q')],
    ['INT', 0, (pty: Pty) => pty.signal('SIGINT')],
    ['TERM', 143, (pty: Pty) => pty.signal('SIGTERM')],
    ['HUP', 129, (pty: Pty) => pty.signal('SIGHUP')],
  ] as const)('gives the cursor back after %s, and ends with %i', async (_, code, end) => {
    await scene.runtime([server()])
    const pty = watchOn()
    await pty.waitFor('github')
    expect(cursorIsBack(pty)).toBe(false)
    end(pty)
    expect(await pty.exited).toEqual({code, signal: 0})
    expect(cursorIsBack(pty)).toBe(true)
    expect(pty.screen.text()).toContain('github')
  })

  test('does not echo what is typed into the picture', async () => {
    await scene.runtime([server()])
    const pty = watchOn()
    await pty.waitFor('github')
    const before = pty.raw().length
    pty.type('hello\r\r\r')
    await vi.waitFor(() => expect(pty.raw().length).toBeGreaterThan(before + 200), within)
    await pty.screen.settled()
    expect(pty.screen.text()).not.toContain('hello')
    expect(pty.screen.lines().filter(line => line.includes('running'))).toHaveLength(1)
  })

  test('ends when the terminal is hung up', async () => {
    await scene.runtime([server()])
    const pty = watchOn()
    await pty.waitFor('github')
    pty.hangUp()
    await vi.waitFor(() => expect(() => process.kill(pty.pid, 0)).toThrow(), within)
  })

  test('keeps the last state while the runtime is away, and takes the next one', async () => {
    const {pid} = await scene.runtime([server({id: 'first'})])
    const pty = watchOn()
    await pty.waitFor('first')
    await scene.kill(pid)
    await pty.waitFor(/^runtime gone since \d\d:\d\d:\d\d \(.+\), last state of \d\d:\d\d:\d\d kept$/m)
    expect(pty.screen.text()).toContain('first')
    rmSync(join(scene.stateDir, 'control.sock'), {force: true})
    await scene.runtime([server({id: 'second'})])
    await pty.waitFor('second')
    await pty.waitFor(/running {2}1 server/)
    expect(pty.screen.text()).not.toMatch(/gone|first/)
  })

  test('says of a runtime that hangs that it is silent, and ends at once on ^C while it waits for it', async () => {
    const {pid} = await scene.runtime([server()])
    const pty = watchOn()
    await pty.waitFor('github')
    process.kill(pid, 'SIGSTOP')
    await pty.waitFor(/^runtime silent since \d\d:\d\d:\d\d \([3-9][.\d]*s\)/m)
    const asked = performance.now()
    pty.type('\u0003')
    expect(await pty.exited).toEqual({code: 0, signal: 0})
    expect(performance.now() - asked).toBeLessThan(2000)
    expect(cursorIsBack(pty)).toBe(true)
  })

  test('shows ASCII where the locale is not UTF-8, and blocks where the cursor cannot be placed', async () => {
    await scene.runtime(Array.from({length: 60}, (_, at) => server({id: `sérver-${at}`})))
    const plain = watchOn({env: {LC_ALL: 'C', LANG: 'C'}})
    await plain.waitFor('~ 40 more not shown')
    expect(plain.screen.text()).toContain('s?rver-1')
    const dumb = watchOn({env: {TERM: 'dumb'}})
    await dumb.waitFor('sérver-59')
    expect(dumb.raw()).not.toContain('\u001b')
  })
})

describe('health status --watch elsewhere', () => {
  const env = () => ({...scene.env, LANG: 'C.UTF-8'})

  test('prints a block each time, and ends with 0 on ^C', async () => {
    await scene.runtime([server(), server({id: 'x'.repeat(120)})])
    const watch = spawnCli(watchArgs, {env: env(), cwd: scene.folder})
    await watch.untilOutput(/(running {2}2 servers[\s\S]*?\nSERVER[\s\S]*?\n\n[\s\S]*?){3}/)
    expect(watch.stdout()).toContain(`\n${'x'.repeat(120)} `)
    expect(watch.stdout()).not.toContain('\u001b')
    watch.child.kill('SIGINT')
    expect(await watch.exited).toEqual({code: 0, signal: null})
    expect(watch.stderr()).toBe('')
  })

  test('--json prints a document on each line, also about a runtime that is gone', async () => {
    const {pid} = await scene.runtime([server({id: 'a\u202eb'})])
    const watch = spawnCli([...watchArgs, '--json'], {env: env(), cwd: scene.folder})
    await watch.untilOutput(/\n.*\n/)
    await scene.kill(pid)
    await watch.untilOutput(/"gone":\{/)
    await watch.untilOutput(/"gone":\{.*\n/)
    watch.child.kill('SIGTERM')
    await watch.exited
    const documents = watch
      .stdout()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    for (const each of documents)
      expect(each).toMatchObject({schemaVersion: 1, at: expect.any(String), servers: [{id: 'a\u202eb'}], absent: []})
    expect(documents[0].gone).toBeNull()
    expect(documents.at(-1).gone).toMatchObject({since: expect.stringMatching(/Z$/), code: expect.any(String)})
    expect(watch.stdout()).not.toContain('\u202e')
  })

  test('ends quietly when nobody reads any more', async () => {
    await scene.runtime([server()])
    const command = `"${cliPath}" ${watchArgs.join(' ')} | head -n 1; echo "\${PIPESTATUS[0]}"`
    const out = execFileSync('bash', ['-c', `{ ${command}; } 2>&1`], {env: env(), cwd: scene.folder, timeout: 15_000})
    expect(out.toString()).toMatch(/^\d\d:\d\d:\d\d {2}running.*\n0\n$/)
  })

  test('without a runtime says so at once, and takes no interval that is none', async () => {
    const options = {env: env(), cwd: scene.folder}
    expect(await runCli(watchArgs, options)).toMatchObject({code: 3, stdout: ''})
    for (const interval of ['1ms', '30d', 'soon'])
      expect((await runCli(['health', 'status', '--watch', '--interval', interval], options)).code).toBe(2)
    expect((await runCli(['health', 'status', '--interval', '1s'], options)).code).toBe(2)
  })
})
