import {describe, expect, it, vi} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {postModern} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {pidOf, reload, replaceConfig, snapshotOf, unwatched} from './reloading.ts'

const call = (url: string, name: string, args: object) => postModern(url, 'tools/call', {name, arguments: args})

async function toolNames(url: string): Promise<string[]> {
  const {message} = await postModern(url, 'tools/list')
  return message?.result.tools.map((tool: {name: string}) => tool.name)
}

describe('a reload', () => {
  it('starts what is new, ends what is gone, and leaves alone what is the same', async () => {
    const [a, b, c] = [stdioServer('a', 'echo.mjs'), stdioServer('b', 'echo.mjs'), stdioServer('c', 'echo.mjs')]
    const runtime = await startRuntime({...unwatched, servers: [a, b]})
    const pids = await vi.waitFor(async () => ({a: await pidOf(runtime, 'a'), b: await pidOf(runtime, 'b')}))
    replaceConfig(runtime, {...unwatched, servers: [c, a]})
    const report = await reload(runtime)
    expect(report).toMatchObject({ok: true, changed: true, generation: 2})
    expect(report.servers).toEqual({added: ['c'], removed: ['b'], changed: [], adjusted: [], kept: ['a']})
    await vi.waitFor(async () => expect(await pidOf(runtime, 'c')).toBeGreaterThan(0))
    expect(await pidOf(runtime, 'a')).toBe(pids.a)
    await vi.waitFor(() => expect(() => process.kill(pids.b, 0)).toThrow('ESRCH'))
    expect((await call(runtime.url, 'c__echo', {text: 'hello'})).message?.result.content[0].text).toBe('hello')
    expect((await call(runtime.url, 'b__echo', {text: 'hello'})).message?.error?.message).toBe('Unknown tool: b__echo')
    const {config} = await snapshotOf(runtime)
    expect(config).toMatchObject({generation: 2, reloads: {taken: 1, refused: 0}, needsRestart: []})
    expect(config.lastReload).toMatchObject({ok: true, trigger: 'command', problems: []})
  })

  it('adjusts rules, prefix, deadline and weight of a server without a new process', async () => {
    const a = stdioServer('a', 'echo.mjs')
    const runtime = await startRuntime({...unwatched, servers: [a]})
    const pid = await vi.waitFor(() => pidOf(runtime, 'a'))
    replaceConfig(runtime, {
      ...unwatched,
      health: {circuit_breaker: {failure_threshold: 1}},
      servers: [{...a, prefix: 'new', weight: 3, timeout: '300ms', tools: {deny: ['add'], rename: {echo: 'say'}}}],
    })
    expect((await reload(runtime)).servers.adjusted).toEqual(['a'])
    const names = await toolNames(runtime.url)
    expect(names).toContain('new__say')
    expect(names).not.toContain('new__add')
    const late = await call(runtime.url, 'new__slow', {ms: 5000})
    expect(late.message?.error?.message).toContain('300 ms')
    // With one failure as its threshold.
    expect((await snapshotOf(runtime)).servers[0]).toMatchObject({pid, weight: 3, breaker: {state: 'open'}})
  })

  it('lets a changed server take over without a gap, and calls in flight end on the old one', async () => {
    const a = stdioServer('a', 'echo.mjs')
    const runtime = await startRuntime({...unwatched, servers: [{...a, env: {MARK: 'one'}}]})
    const old = await vi.waitFor(() => pidOf(runtime, 'a'))
    const slow = call(runtime.url, 'a__slow', {ms: 1500})
    await vi.waitFor(async () => expect((await snapshotOf(runtime)).requests.inFlight).toBe(1))
    replaceConfig(runtime, {...unwatched, servers: [{...a, env: {MARK: 'two'}}]})
    expect((await reload(runtime)).servers.changed).toEqual(['a'])
    expect((await call(runtime.url, 'a__env', {name: 'MARK'})).text).toContain('two')
    expect(await pidOf(runtime, 'a')).not.toBe(old)
    expect(() => process.kill(old, 0)).not.toThrow()
    expect((await slow).message?.result).toBeDefined()
    await vi.waitFor(() => expect(() => process.kill(old, 0)).toThrow('ESRCH'))
  })

  it('that removes a server lets the calls on it end', async () => {
    const [a, b] = [stdioServer('a', 'echo.mjs'), stdioServer('b', 'echo.mjs')]
    const runtime = await startRuntime({...unwatched, servers: [a, b]})
    await vi.waitFor(() => pidOf(runtime, 'b'))
    const slow = call(runtime.url, 'b__slow', {ms: 1200})
    await vi.waitFor(async () => expect((await snapshotOf(runtime)).requests.inFlight).toBe(1))
    replaceConfig(runtime, {...unwatched, servers: [a]})
    expect((await reload(runtime)).servers.removed).toEqual(['b'])
    expect((await slow).message?.result).toBeDefined()
  })

  it('during the start of a server serves whoever waits for it', async () => {
    const a = stdioServer('a', 'slow-start.mjs', ['1200'])
    const runtime = await startRuntime({...unwatched, servers: [a]}, {until: 'listening'})
    const waiting = call(runtime.url, 'a__echo', {text: 'early'})
    replaceConfig(runtime, {...unwatched, servers: [stdioServer('a', 'slow-start.mjs', ['100'])]})
    expect((await reload(runtime)).servers.changed).toEqual(['a'])
    expect((await waiting).message?.result.content[0].text).toBe('early')
  })

  it('says which settings need a restart, until the file is as it was', async () => {
    const runtime = await startRuntime(unwatched)
    replaceConfig(runtime, {...unwatched, server: {host: '127.0.0.2', request_timeout: '5s'}})
    expect((await reload(runtime)).needsRestart).toEqual(['server.host'])
    expect((await snapshotOf(runtime)).config.needsRestart).toEqual(['server.host'])
    await vi.waitFor(() => expect(runtime.logs()['error.log']).toContain('RestartNeeded'))
    replaceConfig(runtime, unwatched)
    expect((await reload(runtime)).needsRestart).toEqual([])
  })

  it('takes up credentials, limits and log levels', async () => {
    const runtime = await startRuntime({...unwatched, servers: [stdioServer('a', 'echo.mjs')]})
    const limited = {...unwatched, rate_limit: {per_address: {requests_per_minute: 2}}}
    replaceConfig(runtime, {...limited, observability: {logging: {level: 'debug'}, metrics: {port: 0}}})
    expect(await reload(runtime)).toMatchObject({ok: true})
    const statuses = []
    for (let i = 0; i < 3; i++) statuses.push((await postModern(runtime.url, 'tools/list')).status)
    expect(statuses).toEqual([200, 200, 429])
    // Another reload that leaves the limits alone does not forgive.
    replaceConfig(runtime, {...limited, observability: {logging: {level: 'warn'}, metrics: {port: 0}}})
    await reload(runtime)
    expect((await postModern(runtime.url, 'tools/list')).status).toBe(429)
    expect((await snapshotOf(runtime)).logging?.filter).toBe('warn')
    const hash = 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
    replaceConfig(runtime, {...unwatched, auth: {api_keys: [{id: 'ci', hash}]}})
    expect(await reload(runtime)).toMatchObject({ok: true})
    expect((await postModern(runtime.url, 'tools/list')).status).toBe(401)
    const headers = {authorization: 'Bearer test'}
    expect((await postModern(runtime.url, 'tools/list', {}, {headers})).status).toBe(200)
  })

  it('takes up how the logs are rotated', async () => {
    const runtime = await startRuntime({...unwatched, servers: []})
    const many = async () => {
      for (let i = 0; i < 60; i++) await fetch(new URL('/health', runtime.url))
    }
    await many()
    const rotation = {max_size: 4096, keep: 2}
    replaceConfig(runtime, {...unwatched, observability: {logging: {rotation}, metrics: {port: 0}}})
    expect(await reload(runtime)).toMatchObject({ok: true, needsRestart: []})
    await many()
    await vi.waitFor(() => expect(Object.keys(runtime.logs())).toContainEqual(expect.stringMatching(/^access\.log\.1/)))
  })
})

describe('an invalid file', () => {
  it('changes nothing, is told of once with its place, and the next good one is taken', async () => {
    const a = stdioServer('a', 'echo.mjs')
    const runtime = await startRuntime({...unwatched, servers: [a]})
    const pid = await vi.waitFor(() => pidOf(runtime, 'a'))
    for (let i = 0; i < 10; i++) {
      replaceConfig(runtime, `servers:\n  - id: a\n    comand: ${i % 2 === 0 ? 'x' : 'y'}\n`)
      const report = await reload(runtime)
      expect(report).toMatchObject({ok: false, changed: false, generation: 1})
      expect(report.problems[0]).toMatchObject({code: 'key.unknown', line: 3, column: 5})
    }
    const {config} = await snapshotOf(runtime)
    expect(config.lastReload).toMatchObject({ok: false, problems: [{line: 3, column: 5}]})
    expect(config.reloads).toEqual({taken: 0, refused: 10})
    const lines = runtime
      .logs()
      ['error.log']?.split('\n')
      .filter(line => line.includes('ConfigInvalid'))
    expect(lines).toHaveLength(1)
    expect(lines?.[0]).toContain('config.yaml:3:5')
    expect(await pidOf(runtime, 'a')).toBe(pid)
    expect((await call(runtime.url, 'a__echo', {text: 'still'})).status).toBe(200)
    const metrics = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    expect(metrics).toContain('only1mcp_config_reload_errors_total 10')
    replaceConfig(runtime, {...unwatched, servers: [a]})
    expect(await reload(runtime)).toMatchObject({ok: true})
    expect((await snapshotOf(runtime)).config.lastReload).toMatchObject({ok: true})
  })
})
