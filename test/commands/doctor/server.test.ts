import {readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {beforeAll, describe, expect, test, vi} from 'vitest'
import {stringify} from 'yaml'
import {z} from 'zod'
import {hashApiKey, newApiKey} from '../../../src/auth/api-keys.ts'
import {ControlClient} from '../../../src/control/client.ts'
import type {ServerExamination, Step} from '../../../src/diagnostics/server/examination.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {startHttpBackend, stdioServer} from '../../helpers/backends.ts'
import {runCli} from '../../helpers/cli.ts'
import {aliveDescendants} from '../../helpers/processes.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../../docs/schemas/doctor-server.schema.json', import.meta.url), 'utf8'),
)

interface Ran {
  readonly code: number | null
  readonly stderr: string
  readonly document: Omit<ServerExamination, 'exitCode'>
  step(id: string): Step
}

async function examine(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
  const {code, stdout, stderr} = await runCli(['doctor', 'server', ...args, '--json'], {env, cwd: tempDir()})
  const document = JSON.parse(stdout)
  if (document.error === undefined) expect(z.fromJSONSchema(schema).safeParse(document).error).toBeUndefined()
  const step = (id: string): Step => {
    const found = document.steps.find((each: Step) => each.id === id)
    if (found === undefined) throw new Error(`there is no step ${id}`)
    return found
  }
  return {code, stderr, document, step}
}

/** Healthy is a runtime before it has the lists of its servers. */
async function listed({record}: StartedRuntime, ...ids: string[]): Promise<void> {
  const control = new ControlClient(record.socket)
  for (const id of ids)
    await vi.waitFor(async () => expect((await control.lists(id)).tools.length).toBeGreaterThan(0), 15_000)
}

/** A configuration without a runtime. */
function alone(config: Record<string, unknown>): {env: Record<string, string>; path: string} {
  const folder = tempDir()
  const path = join(folder, 'config.yaml')
  writeFileSync(path, stringify(config))
  return {env: {ONLY1MCP_STATE_DIR: folder, ONLY1MCP_LOG_DIR: folder, ONLY1MCP_CONFIG: path}, path}
}

describe('a server of a running runtime', () => {
  let runtime: StartedRuntime
  let web: Awaited<ReturnType<typeof startHttpBackend>>
  beforeAll(async () => {
    web = await startHttpBackend('http-echo.mjs')
    runtime = await startRuntime({
      servers: [
        {
          ...stdioServer('one', 'echo.mjs'),
          env: {API_TOKEN: 'very-secret-value-1'},
          tools: {deny: ['die', 'env'], rename: {echo: 'shout'}},
        },
        {id: 'web', endpoint: web.endpoint, prefix: 'one'},
        stdioServer('books', 'library.mjs'),
        {...stdioServer('off', 'modern.mjs'), enabled: false},
        {id: 'gone', command: '/nonexistent/program'},
      ],
    })
    await listed(runtime, 'one', 'web', 'books')
  }, 40_000)

  test('is shown on both ways, with what the proxy takes away and adds', async () => {
    const {code, document, step} = await examine(runtime.env, 'one')
    expect(code).toBe(0)
    expect(document.verdict).toMatch(/^one: no problem found; the proxy adds /)
    expect(document.server).toEqual({
      id: 'one',
      transport: 'stdio',
      enabled: true,
      status: 'up',
      place: expect.stringMatching(/config\.yaml:\d+$/),
    })
    const tools = step('tools')
    expect([tools.direct.data.count, tools.proxied.data.count]).toEqual([7, 5])
    expect(tools.proxied.data.names).toContain('one__shout')
    expect(tools.difference).toContain('2 withheld by allow or deny: die, env')
    expect(tools.difference).toContain('echo as one__shout')
    expect(step('handshake').direct.data).toMatchObject({era: 'legacy', protocolVersion: '2025-11-25'})
    expect(step('handshake').proxied.data).toMatchObject({era: 'modern', server: {era: 'legacy'}})
    expect(step('handshake').difference).toContain('the proxy bridges')
    const latency = step('latency')
    for (const {ms} of [latency.direct, latency.proxied]) expect(ms).toBeGreaterThan(0)
    expect(latency.proxied.data).toEqual({toProxyMs: expect.any(Number), toServerMs: expect.any(Number)})
    expect(step('context').proxied.data.tools).toHaveProperty('one__shout')
    expect(step('process').proxied.data).toMatchObject({
      pid: expect.any(Number),
      rssBytes: expect.any(Number),
      children: 0,
    })
    expect(step('breaker').proxied.summary).toMatch(/^closed/)
  })

  test('is asked beside the child of the runtime, says so, and leaves none behind', async () => {
    const before = aliveDescendants(runtime.pid).length
    const {step} = await examine(runtime.env, 'one')
    expect(step('spawn').difference).toContain('a second process was started')
    expect(aliveDescendants(runtime.pid)).toHaveLength(before)
    const quiet = await examine(runtime.env, 'one', '--no-direct')
    expect(quiet.step('handshake').direct).toMatchObject({
      status: 'skip',
      summary: 'skipped: because --no-direct was given',
    })
    expect(quiet.step('spawn').difference).toBeNull()
    expect(quiet.step('tools').proxied.data.count).toBe(5)
    expect(quiet.code).toBe(0)
  })

  test('shows neither its secrets nor terminal codes, and fits 80 columns', async () => {
    const {stdout, stderr, code} = await runCli(['doctor', 'server', 'one'], {env: runtime.env, cwd: tempDir()})
    expect(code).toBe(0)
    expect(stdout + stderr).not.toContain('very-secret-value-1')
    expect(stdout).toMatch(/^STEP +DIRECT +THROUGH THE PROXY$/m)
    expect(stdout).toMatch(/^tools +ok +7 tools .* ok +5 tools/m)
    const long = stdout.split('\n').filter(line => line.length > 80 && !line.includes('/'))
    expect(long).toEqual([])
    expect(JSON.stringify((await examine(runtime.env, 'one')).document)).not.toContain('very-secret-value-1')
  })

  test('whose names are those of another one is told which, and under what they stand', async () => {
    const {code, document, step} = await examine(runtime.env, 'web')
    expect(code).toBe(0)
    expect(step('tools').difference).toContain('add as web__add (one has the name)')
    expect(document.findings).toContainEqual(
      expect.objectContaining({id: 'tools.clashes', status: 'warn', subject: 'web'}),
    )
    expect(step('connect').direct.summary).toContain(`127.0.0.1:${web.port}`)
    expect(step('connect').proxied.summary).toContain(String(runtime.record.port))
  })

  test('with prompts and resources has them counted', async () => {
    const {step} = await examine(runtime.env, 'books')
    expect(step('resources').direct.data.count).toBe(2)
    expect(step('resources').proxied.data.count).toBe(2)
    expect(step('prompts').proxied.data.names).toEqual(['books__poem'])
    expect(step('templates').direct.data.count).toBe(1)
  })

  test('has a tool called on both ways when it is named', async () => {
    const {step} = await examine(runtime.env, 'one', '--tool', 'echo', '--args', '{"text": "x"}')
    expect(step('call').direct.summary).toMatch(/^echo: median [\d.]+ ms$/)
    expect(step('call').proxied.summary).toMatch(/^one__shout: median [\d.]+ ms$/)
    const wrong = await runCli(['doctor', 'server', 'one', '--tool', 'echo', '--args', '[1]'], {env: runtime.env})
    expect(wrong.code).toBe(2)
  })

  test('that is disabled is asked directly alone, and is no failure', async () => {
    const {code, document, step} = await examine(runtime.env, 'off')
    expect(code).toBe(0)
    expect(step('handshake').direct).toMatchObject({status: 'ok', data: {era: 'modern'}})
    expect(step('handshake').proxied.summary).toBe('skipped: because it is disabled')
    expect(document.verdict).toContain('it is disabled')
  })

  test('that cannot be started has that as its root, on both ways', async () => {
    const {code, document, step} = await examine(runtime.env, 'gone')
    expect(code).toBe(1)
    expect(document.verdict).toContain('gone: the program cannot be run: there is no file /nonexistent/program')
    expect(document.findings[0]?.id).toBe('servers.command')
    expect(step('handshake').direct.status).toBe('fail')
    expect(step('first_byte').direct.summary).toBe('skipped: because the handshake failed')
    expect(step('errors').proxied.details.join('\n')).toContain('SpawnFailed')
  })

  test('that does not exist is refused with the one that was meant', async () => {
    const {code, stderr} = await runCli(['doctor', 'server', 'book'], {env: runtime.env, cwd: tempDir()})
    expect(code).toBe(2)
    expect(stderr).toContain('there is no server "book"')
    expect(stderr).toContain('Did you mean books?')
  })
})

test('a tool that came later is new to the runtime, one that went is stale', async () => {
  const list = join(tempDir(), 'tools')
  writeFileSync(list, 'early\n')
  const runtime = await startRuntime({servers: [stdioServer('odd', 'odd-tools.mjs', [list])]})
  await listed(runtime, 'odd')
  writeFileSync(list, 'late\n')
  const {step, document, code} = await examine(runtime.env, 'odd')
  const {difference} = step('tools')
  expect(difference).toContain('1 new, the runtime does not know them yet: late')
  expect(difference).toContain('1 stale, odd does not list them any more: early')
  expect(difference).toContain('1 left out, their names cannot be had: xxx')
  expect(step('schemas').direct).toMatchObject({status: 'warn', data: {valid: 5}})
  expect(document.findings.map(({id}) => id)).toEqual(
    expect.arrayContaining(['tools.schema', 'tools.names', 'tools.offered']),
  )
  expect(code).toBe(0)
}, 30_000)

test('the checks of tools see those of a program that runs, without starting a second one', async () => {
  const lock = join(tempDir(), 'lock')
  const runtime = await startRuntime({
    servers: [
      stdioServer('odd', 'odd-tools.mjs'),
      stdioServer('single', 'single-instance.mjs', [lock]),
      {...stdioServer('twin', 'echo.mjs'), prefix: 'single'},
    ],
  })
  await listed(runtime, 'odd', 'single', 'twin')
  const {code, stdout} = await runCli(['doctor', 'tools', '--json'], {env: runtime.env, cwd: tempDir()})
  const findings = JSON.parse(stdout).findings as {id: string; status: string; subject: string; summary: string}[]
  const of = (id: string) => findings.filter(each => each.id === id).map(({status, subject}) => `${status} ${subject}`)
  expect(of('tools.schema')).toEqual(['warn odd'])
  expect(of('tools.names')).toEqual(['warn odd'])
  expect(of('tools.clashes')).toEqual(['warn twin', 'warn twin'])
  expect(of('tools.offered')).toEqual(['warn odd', 'warn odd'])
  expect(of('tools.context')).toEqual(['pass '])
  expect(code).toBe(0)
}, 30_000)

test('a program that cannot run twice is not called down for that', async () => {
  const lock = join(tempDir(), 'lock')
  const runtime = await startRuntime({servers: [stdioServer('single', 'single-instance.mjs', [lock])]})
  await listed(runtime, 'single')
  const {code, document, step} = await examine(runtime.env, 'single')
  expect(code).toBe(0)
  expect(document.verdict).toContain('works under the runtime; a second process of it')
  expect(step('handshake').direct.status).toBe('warn')
  expect(step('stderr').direct.summary).toContain('another one of us has')
  const quiet = await examine(runtime.env, 'single', '--no-direct')
  expect(quiet.document.findings).toEqual([])
}, 30_000)

test('a runtime that is stopped by a signal is the root, and costs no more than the deadlines', async () => {
  const runtime = await startRuntime({servers: [stdioServer('one', 'echo.mjs')]})
  process.kill(runtime.pid, 'SIGSTOP')
  try {
    const {code, document, step} = await examine(runtime.env, 'one')
    expect(code).toBe(1)
    expect(document.verdict).toContain('is alive but does not answer')
    expect(step('handshake').direct.status).toBe('ok')
  } finally {
    process.kill(runtime.pid, 'SIGCONT')
  }
}, 30_000)

test('a proxy that wants a key is given the one of the named variable', async () => {
  const key = newApiKey()
  const runtime = await startRuntime({
    auth: {api_keys: [{id: 'me', hash: hashApiKey(key)}]},
    servers: [stdioServer('one', 'echo.mjs')],
  })
  await listed(runtime, 'one')
  const without = await examine(runtime.env, 'one')
  expect(without.step('tools').proxied.summary).toBe('skipped: because the proxy wants a key')
  expect(without.document.verdict).toContain('--key-env')
  expect(without.code).toBe(0)
  const withKey = await examine({...runtime.env, MY_KEY: key}, 'one', '--key-env', 'MY_KEY')
  expect(withKey.step('tools').proxied.data.count).toBe(7)
  expect(JSON.stringify(withKey.document)).not.toContain(key)
  expect((await runCli(['doctor', 'server', 'one', '--key-env', 'NOT_SET'], {env: runtime.env})).code).toBe(2)
}, 30_000)

describe('without a runtime', () => {
  test('a server is asked directly, and the other way is skipped', async () => {
    const {env} = alone({servers: [stdioServer('one', 'echo.mjs')]})
    const {code, document, step} = await examine(env, 'one')
    expect(code).toBe(0)
    expect(document.verdict).toBe('one: no problem found; through the proxy nothing was asked: no runtime is running')
    expect(step('tools').direct.data.count).toBe(7)
    expect(step('tools').proxied.summary).toBe('skipped: because no runtime is running')
    expect((await examine(env, 'one', '--no-direct')).code).toBe(3)
  })

  test('an endpoint that refuses our token is told with the variable to set', async () => {
    const server = http.createServer((_, response) => response.writeHead(401).end('bad token'))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => void server.close())
    const {port} = server.address() as AddressInfo
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands in the file like that
    const web = {id: 'web', endpoint: `http://127.0.0.1:${port}/mcp`, auth: {token: '${WEB_TOKEN}'}}
    const {env} = alone({servers: [web]})
    const {code, document, step} = await examine({...env, WEB_TOKEN: 'stale-token-77'}, 'web')
    expect(code).toBe(1)
    expect(document.verdict).toContain('web: credentials are rejected with 401. To do: set WEB_TOKEN anew')
    expect(step('connect').direct.status).toBe('ok')
    expect(JSON.stringify(document)).not.toContain('stale-token-77')
  })

  test('a port that is closed is the root, and what comes after is skipped', async () => {
    const {env} = alone({servers: [{id: 'web', endpoint: 'http://127.0.0.1:1/mcp'}]})
    const {code, document, step} = await examine(env, 'web')
    expect(code).toBe(1)
    expect(step('connect').direct.summary).toContain('ECONNREFUSED')
    expect(document.findings[0]?.id).toBe('network.connect')
    expect(step('tools').direct.status).toBe('skip')
  })

  test('a server that never answers costs its deadline and is named', async () => {
    const {env} = alone({servers: [stdioServer('mute', 'hangs.mjs')]})
    const started = performance.now()
    const {code, step} = await examine(env, 'mute', '--timeout', '2s')
    expect(performance.now() - started).toBeLessThan(9000)
    expect(code).toBe(1)
    expect(step('handshake').direct.status).toBe('fail')
  })

  test('a hostile server does not reach the terminal', async () => {
    const {env} = alone({servers: [{...stdioServer('bad', 'hostile.mjs'), env: {HOSTILE_TOKEN: 'hostile-secret-9'}}]})
    const {stdout, stderr} = await runCli(['doctor', 'server', 'bad'], {env, cwd: tempDir()})
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(stdout + stderr).not.toContain('hostile-secret-9')
  })

  test('a thousand configured servers do not matter', async () => {
    const servers = Array.from({length: 1000}, (_, i) => ({id: `s${i}`, command: '/nonexistent/x', args: [`--n=${i}`]}))
    const {env} = alone({servers: [...servers, stdioServer('one', 'echo.mjs')]})
    const started = performance.now()
    const {code, step} = await examine(env, 'one')
    expect(code).toBe(0)
    expect(step('tools').direct.data.count).toBe(7)
    expect(performance.now() - started).toBeLessThan(10_000)
  }, 30_000)

  test('a runtime that may not be looked for is not called absent', async () => {
    const {env} = alone({servers: [stdioServer('one', 'echo.mjs')]})
    symlinkSync('/dev/null', join(env.ONLY1MCP_STATE_DIR ?? '', 'runtime.json'))
    const {code, document, step} = await examine(env, 'one')
    expect(code).toBe(0)
    expect(step('handshake').proxied.summary).toContain('is a symbolic link, which is never followed')
    expect(document.verdict).not.toContain('no runtime is running')
  })

  test('an invalid configuration is shown, with exit 2', async () => {
    const {env} = alone({servers: [{id: 'one', commandd: 'x'}]})
    const {code, stderr} = await runCli(['doctor', 'server', 'one'], {env, cwd: tempDir()})
    expect(code).toBe(2)
    expect(stderr).toContain('commandd')
  })
})
