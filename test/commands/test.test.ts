import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, it, vi} from 'vitest'
import {stringify} from 'yaml'
import {hashApiKey} from '../../src/auth/api-keys.ts'
import {needsUser} from '../helpers/as-user.ts'
import {atEnd} from '../helpers/at-end.ts'
import {startHttpBackend, stdioServer} from '../helpers/backends.ts'
import {runCli, spawnCli} from '../helpers/cli.ts'
import {cliPath, startInPty} from '../helpers/pty.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

interface Case {
  readonly id: string
  readonly status: string
  readonly subject: string
  readonly summary: string
  readonly evidence: readonly string[]
  readonly remedy: string | null
}

const schema = new Ajv2020({allErrors: true}).compile(
  JSON.parse(readFileSync(new URL('../../docs/schemas/test.schema.json', import.meta.url), 'utf8')),
)

async function only1mcp(env: Readonly<Record<string, string>>, ...args: string[]) {
  const {code, stdout, stderr} = await runCli(['test', ...args, '--json'], {env, cwd: tempDir(), timeoutMs: 60_000})
  const document = JSON.parse(stdout)
  if (document.error === undefined) expect(schema(document), JSON.stringify(schema.errors)).toBe(true)
  const cases: Case[] = (document.suites ?? []).flatMap(({cases: some}: {cases: Case[]}) => some)
  return {code, stderr, document, cases, of: (id: string) => cases.filter(each => each.id === id)}
}

const bad = ({status}: Case): boolean => ['fail', 'error', 'timeout'].includes(status)

describe('only1mcp test', () => {
  it('finds nothing bad on a healthy installation, while the runtime writes, in every format', async () => {
    const runtime = await startRuntime({
      servers: [stdioServer('echo', 'echo.mjs'), stdioServer('new', 'modern.mjs')],
      observability: {request_log: {enabled: true}},
      health: {circuit_breaker: {failure_threshold: 5}},
    })
    const load = spawnCli(
      ['test', '--suite', 'performance', '--tool', 'echo__echo', '--args', '{"text": "x"}', '--duration', '30s'],
      {env: runtime.env, cwd: tempDir()},
    )
    await load.untilOutput(/because you named it/)
    const {code, cases, document} = await only1mcp(runtime.env)
    expect(cases.filter(bad)).toEqual([])
    expect(code).toBe(0)
    expect(document.suites.map(({suite}: {suite: string}) => suite)).toEqual(['integrity', 'connectivity', 'security'])
    const passed = new Set(cases.flatMap(({id, status}) => (status === 'pass' ? [id] : [])))
    for (const id of ['store.requests', 'state.record', 'state.session_key', 'proxy.endpoint', 'access.foreign_host'])
      expect(passed).toContain(id)
    expect(cases.filter(({id}) => id === 'servers.reachable').map(({subject}) => subject)).toEqual(['echo', 'new'])

    const run = (...args: string[]) => runCli(['test', ...args], {env: runtime.env, cwd: tempDir()})
    const pretty = await run('--suite', 'integrity')
    expect([pretty.code, pretty.stderr]).toEqual([0, ''])
    expect(pretty.stdout).toMatch(/^integrity: what is kept on disk is whole \(/)
    expect(pretty.stdout).toMatch(/^ {2}ok {3}store\.requests +the request log is sound/m)
    for (const line of pretty.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    const junit = await run('--suite', 'integrity,security', '--format', 'junit')
    expect(junit.code).toBe(0)
    expect(junit.stdout.match(/<testsuite name="(\w+)"/g)).toEqual([
      '<testsuite name="integrity"',
      '<testsuite name="security"',
    ])
    load.child.kill('SIGINT')
    expect((await load.exited).code).toBe(0)
    expect(load.stdout()).toMatch(/ended early/)
    await runtime.stop()
  })

  it('says what is wrong with its arguments, with 2', async () => {
    const env = {ONLY1MCP_STATE_DIR: tempDir()}
    for (const args of [
      ['--suite', 'speed'],
      ['--duration', 'soon'],
      ['--concurrency', '0'],
      ['--suite', 'performance', '--tool', 'x', '--args', '[1]'],
      ['--suite', 'integrity', '--key-env', 'NOT_SET_ANYWHERE'],
      ['--suite', 'integrity', '--tool', 'x'],
    ]) {
      const {code} = await runCli(['test', ...args], {env, cwd: tempDir()})
      expect({args, code}).toEqual({args, code: 2})
    }
    expect((await runCli(['test', '--suite', 'performance'], {env, cwd: tempDir()})).code).toBe(3)
  })
})

describe('the suite integrity', () => {
  it('names each damaged thing, also when no runtime is there', async () => {
    const runtime = await startRuntime({
      servers: [stdioServer('echo', 'echo.mjs')],
      observability: {request_log: {enabled: true}},
      proxy: {hot_reload: {enabled: true, settle: '100ms'}},
    })
    const generations = join(runtime.stateDir, 'generations')
    await vi.waitFor(() => expect(readdirSync(generations)).toHaveLength(1), {timeout: 8000})
    await runtime.stop()
    const intact = await only1mcp(runtime.env, '--suite', 'integrity', '--config', runtime.configPath)
    expect([intact.code, intact.of('state.generations')[0]?.status]).toEqual([0, 'pass'])

    const [name = ''] = readdirSync(generations)
    appendFileSync(join(generations, name, 'config.yaml'), '\n')
    chmodSync(join(runtime.stateDir, 'session.key'), 0o644)
    writeFileSync(join(runtime.stateDir, 'runtime.json'), '{')
    const fd = openSync(join(runtime.stateDir, 'requests.db'), 'r+')
    writeSync(fd, Buffer.alloc(2048, 0xff), 0, 2048, 4096)
    mkdirSync(join(runtime.stateDir, 'backups'), {mode: 0o700})
    writeFileSync(join(runtime.stateDir, 'backups', 'b.tar.gz'), 'no gzip', {mode: 0o600})
    const {code, cases} = await only1mcp(runtime.env, '--suite', 'integrity', '--config', runtime.configPath)
    expect(code).toBe(1)
    expect(cases.filter(bad).map(({id}) => id)).toEqual([
      'state.record',
      'state.session_key',
      'state.generations',
      'store.requests',
      'state.backups',
    ])
    for (const each of cases.filter(bad)) expect(each.remedy).not.toBe(null)
    writeFileSync(runtime.configPath, 'servers: [')
    const invalid = await only1mcp(runtime.env, '--suite', 'integrity', '--config', runtime.configPath)
    expect(invalid.of('config.valid')[0]?.status).toBe('fail')
  })

  it('says what it may not see as another user, and that is no failure', async () => {
    const user = needsUser()
    const runtime = await startRuntime({servers: []}, {until: 'listening'})
    const readable = tempDir()
    chmodSync(readable, 0o755)
    writeFileSync(join(readable, 'config.yaml'), 'version: "1.0"\n')
    chmodSync(join(readable, 'config.yaml'), 0o644)
    const args = ['test', '--suite', 'integrity', '--config', join(readable, 'config.yaml')]
    const {code, stdout} = await runCli(args, {env: runtime.env, cwd: '/', user})
    expect({code, stdout}).toMatchObject({code: 0})
    expect(stdout).toMatch(/^ {2}skip state\.session_key +no permission/m)
    expect(stdout).toMatch(/to do: run this as the user that started the runtime/)
  })
})

describe('the suite connectivity', () => {
  it('tells time and blame of each server, and does not start a second one beside the runtime', async () => {
    const servers = [
      stdioServer('echo', 'echo.mjs'),
      stdioServer('dies', 'dies-at-once.mjs'),
      {id: 'dead', endpoint: 'http://127.0.0.1:1/mcp'},
      {id: 'web', endpoint: (await startHttpBackend('http-modern.mjs')).endpoint},
      {...stdioServer('off', 'echo.mjs'), enabled: false},
    ]
    const runtime = await startRuntime({servers}, {until: 'listening'})
    const {code, of} = await only1mcp(runtime.env, '--suite', 'connectivity')
    expect(code).toBe(1)
    const [echo, dies, dead, web, ...rest] = of('servers.reachable')
    expect(rest).toEqual([])
    expect(echo).toMatchObject({
      status: 'pass',
      summary: expect.stringMatching(/^echo: answers the runtime in [\d.]+ ms, 7 tools$/),
    })
    expect(web).toMatchObject({
      status: 'pass',
      summary: expect.stringMatching(/^web: handshake in \d+ ms, 7 tools; answers the runtime in [\d.]+ ms$/),
    })
    expect(dies).toMatchObject({status: 'fail', evidence: expect.arrayContaining(['fault of: backend-process'])})
    expect(dead).toMatchObject({
      status: 'fail',
      subject: 'dead',
      evidence: expect.arrayContaining([expect.stringMatching(/^TransportFailed after \d+ ms, fault of: transport$/)]),
      remedy: 'only1mcp doctor server dead',
    })
    expect(of('proxy.endpoint')[0]).toMatchObject({status: 'pass', summary: expect.stringMatching(/14 tools$/)})
  })

  it('asks servers without a runtime too; one that was stopped need not answer, one that died must', async () => {
    const runtime = await startRuntime({servers: [stdioServer('echo', 'echo.mjs')]})
    await runtime.stop()
    const stopped = await only1mcp(runtime.env, '--suite', 'connectivity', '--config', runtime.configPath)
    expect(stopped.code).toBe(0)
    expect(stopped.of('servers.reachable')[0]?.summary).toMatch(/^echo: handshake in \d+ ms, 7 tools$/)
    expect(stopped.of('proxy.endpoint')[0]).toMatchObject({status: 'skip', remedy: 'only1mcp start'})

    const killed = await startRuntime({servers: [stdioServer('echo', 'echo.mjs')]})
    killed.process.child.kill('SIGKILL')
    await killed.process.exited
    const died = await only1mcp(killed.env, '--suite', 'connectivity', '--config', killed.configPath)
    expect([died.code, died.of('process.running')[0]?.status]).toEqual([1, 'fail'])
  })

  it('is over in time with dozens of servers that do not answer, and says of each that it is late', async () => {
    const folder = tempDir()
    const configPath = join(folder, 'config.yaml')
    const hang = stdioServer('h', 'hangs.mjs')
    writeFileSync(
      configPath,
      stringify({server: {port: 1}, servers: Array.from({length: 40}, (_, i) => ({...hang, id: `h${i}`}))}),
    )
    const began = performance.now()
    const env = {ONLY1MCP_STATE_DIR: join(folder, 'state')}
    const {code, of} = await only1mcp(env, '--suite', 'connectivity', '--config', configPath, '--total', '2s')
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(code).toBe(4)
    const found = of('servers.reachable')
    expect(new Set(found.map(({subject}) => subject)).size).toBe(40)
    expect(new Set(found.map(({status}) => status))).toEqual(new Set(['timeout']))
  })
})

describe('the suite security', () => {
  const key = 'o1k_test-key-of-the-suite'
  const guarded = () =>
    startRuntime({
      servers: [stdioServer('echo', 'echo.mjs')],
      auth: {api_keys: [{id: 'ci', hash: hashApiKey(key)}]},
    })

  it('sees that nobody comes in without a key, and comes in with one', async () => {
    const runtime = await guarded()
    const without = await only1mcp(runtime.env, '--suite', 'connectivity,security')
    expect(without.cases.filter(bad)).toEqual([])
    expect(without.of('access.anonymous')[0]).toMatchObject({
      status: 'pass',
      summary: 'a request without credentials is refused (api_keys): HTTP 401',
    })
    expect(without.of('auth.keys_hashed')[0]?.status).toBe('pass')
    expect(without.of('proxy.endpoint')[0]).toMatchObject({
      status: 'info',
      summary: expect.stringContaining('wants credentials'),
    })
    const withKey = await only1mcp({...runtime.env, MY_KEY: key}, '--suite', 'connectivity', '--key-env', 'MY_KEY')
    expect(withKey.of('proxy.endpoint')[0]).toMatchObject({status: 'pass', summary: expect.stringMatching(/7 tools$/)})
    const wrong = await only1mcp(
      {...runtime.env, MY_KEY: 'wrong-key-1'},
      '--suite',
      'connectivity',
      '--key-env',
      'MY_KEY',
    )
    expect([wrong.code, wrong.of('proxy.endpoint')[0]?.status]).toEqual([1, 'fail'])
    expect(JSON.stringify(wrong.document)).not.toContain('wrong-key-1')
  })

  it('finds a key that is no hash, open files, and ports that others reach', async () => {
    const runtime = await startRuntime(
      {
        server: {host: '0.0.0.0'},
        observability: {metrics: {host: '0.0.0.0'}},
        servers: [{id: 'a', endpoint: 'http://127.0.0.1:1/mcp', headers: {Authorization: 'Bearer secret-in-the-file'}}],
      },
      {until: 'listening'},
    )
    chmodSync(runtime.configPath, 0o666)
    chmodSync(join(runtime.logDir, 'access.log'), 0o644)
    chmodSync(runtime.stateDir, 0o755)
    const {code, cases, document} = await only1mcp(runtime.env, '--suite', 'security')
    expect(code).toBe(1)
    const found = new Set(cases.flatMap(({id, status}) => (status === 'fail' || status === 'warn' ? [id] : [])))
    expect([...found].sort()).toEqual([
      'access.rate_limits',
      'auth.exposed',
      'config.permissions',
      'config.secrets',
      'config.writable',
      'logs.private',
      'metrics.exposed',
      'state.folder',
    ])
    expect(JSON.stringify(document)).not.toContain('secret-in-the-file')
  })
})

describe('the suite performance', () => {
  const start = (...args: string[]): Promise<StartedRuntime> =>
    startRuntime({servers: [stdioServer('t', 'annotated.mjs', args)]})
  const performanceOf = (runtime: StartedRuntime, ...args: string[]) =>
    only1mcp(
      runtime.env,
      '--suite',
      'performance',
      ...(args.includes('--duration') ? [] : ['--duration', '300ms']),
      ...args,
    )

  it('picks a tool that only reads and needs nothing, says which, and shows its latency', async () => {
    const runtime = await start()
    const {code, document, stderr} = await performanceOf(runtime)
    expect([code, document.load.tool, document.load.failed]).toEqual([0, 't__stamp', 0])
    expect(stderr).toBe('calling t__stamp: it says that it only reads, and needs no arguments\n')
    const {calls, latency, perSecond} = document.load
    expect(calls).toBeGreaterThan(10)
    expect(latency.p50).toBeLessThanOrEqual(latency.p99)
    expect(perSecond).toBeGreaterThan(30)
    const text = await runCli(['test', '--suite', 'performance', '--duration', '300ms'], {
      env: {...runtime.env, LANG: 'C'},
    })
    expect(text.stdout).toMatch(/^ {2}p50 [\d.]+ {2}p90 /m)
    expect(text.stdout).toMatch(/ ms {2}#+ +\d+ +[\d.]+ %$/m)
    expect(text.stdout).toMatch(/^[\n -~]+$/)
    for (const line of text.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  it('never calls a tool that destroys without a yes', async () => {
    const runtime = await start('no-reader')
    const unnamed = await performanceOf(runtime)
    expect([unnamed.code, unnamed.document.error.code]).toEqual([2, 'NO_TOOL'])
    const named = await performanceOf(runtime, '--tool', 't__wipe')
    expect([named.code, named.document.error.code]).toEqual([2, 'NOT_CONFIRMED'])
    expect(runtime.logs()['access.log']).not.toContain('tools/call')
    const meant = await performanceOf(runtime, '--tool', 't__wipe', '--yes', '--rate', '20')
    expect([meant.code, meant.document.load.calls]).toEqual([0, 6])
    const missing = await performanceOf(runtime, '--tool', 't__find')
    expect([missing.code, missing.document.error.message]).toEqual([2, 't__find needs arguments: text'])
    const unknown = await performanceOf(runtime, '--tool', 'find')
    expect([unknown.code, unknown.document.error.fix]).toEqual([2, expect.stringContaining('t__find')])
  })

  it('counts what fails by its code, and ends in time with calls that are never answered', async () => {
    const runtime = await startRuntime({
      servers: [{...stdioServer('t', 'annotated.mjs'), timeout: '200ms'}],
      health: {circuit_breaker: {failure_threshold: 100_000}},
    })
    const {code, document, cases} = await performanceOf(runtime, '--tool', 't__hang', '--duration', '500ms')
    expect(code).toBe(1)
    expect(document.load.errors[0]).toMatchObject({code: '-32001', count: expect.any(Number)})
    expect(document.load.latency).toBe(null)
    expect(cases[0]).toMatchObject({
      id: 'performance.load',
      status: 'fail',
      remedy: expect.stringContaining('only1mcp'),
    })
  })

  it('holds back for as long as an answer asks for', async () => {
    const runtime = await startRuntime({
      servers: [stdioServer('t', 'annotated.mjs')],
      rate_limit: {per_address: {requests_per_minute: 60, burst: 12}},
    })
    const {code, document} = await performanceOf(runtime, '--duration', '3s')
    expect(code).toBe(1)
    const {errors, calls, pausedMs} = document.load
    expect(errors).toMatchObject([{code: '-32004'}])
    expect(calls).toBeLessThan(60)
    expect(pausedMs).toBeGreaterThan(1500)
  })

  it('shows how far it is on a terminal, and ends on ^C with the figures so far', async () => {
    const runtime = await start()
    const pty = startInPty(cliPath, ['test', '--suite', 'performance', '--duration', '60s'], {
      cwd: tempDir(),
      env: {HOME: tempDir(), ...runtime.env},
    })
    atEnd(pty.stop)
    await pty.waitFor(/calling: \S+ of 1m, \d+ calls, \d+\/s; \^C ends it/)
    pty.type('\u0003')
    expect((await pty.exited).code).toBe(0)
    await pty.screen.settled()
    expect(pty.screen.text()).toMatch(/calls of t__stamp in [\s\S]*ended early/)
    expect(pty.screen.text()).not.toContain('calling: ')
  })

  it('asks at a terminal before a tool that destroys is called', async () => {
    const runtime = await start()
    const pty = startInPty(cliPath, ['test', '--suite', 'performance', '--tool', 't__wipe', '--duration', '200ms'], {
      cwd: tempDir(),
      env: {HOME: tempDir(), ...runtime.env},
    })
    atEnd(pty.stop)
    await pty.waitFor(/t__wipe says that it destroys[\s\S]*\[y\/N\]/)
    pty.type('\u0004')
    expect((await pty.exited).code).toBe(1)
    await pty.screen.settled()
    expect(pty.screen.text()).toContain('nothing was done')
    expect(runtime.logs()['access.log']).not.toContain('tools/call')
  })
})
