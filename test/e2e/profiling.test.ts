import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import {Profile} from 'pprof-format'
import {describe, expect, it, vi} from 'vitest'
import {atEnd} from '../helpers/at-end.ts'
import {stdioServer} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {needsBinary} from '../helpers/missing-binary.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const servers = [stdioServer('echo', 'echo.mjs')]

async function profilingUrl({process}: StartedRuntime): Promise<string> {
  return vi.waitFor(() => {
    const url = /profiles on (http:\S+)\/debug\/pprof\//.exec(process.stdout())?.[1]
    if (url === undefined) throw new Error(`no profiles: ${process.stdout()}`)
    return url
  })
}

/** Calls until the promise is settled, so that there is something to see. */
async function underLoad<T>(runtime: StartedRuntime, work: Promise<T>): Promise<T> {
  let over = false
  const done = work.finally(() => {
    over = true
  })
  while (!over) await callTool(runtime.url, 'echo__add', {a: 1, b: 2})
  return done
}

function readProfile(bytes: Uint8Array): {types: string[]; functions: string[]; totals: number[]; period: number} {
  const profile = Profile.decode(gunzipSync(bytes))
  const {strings} = profile.stringTable
  const text = (index: number | bigint): string => strings[Number(index)] ?? ''
  return {
    types: profile.sampleType.map(({type, unit}) => `${text(type)}/${text(unit)}`),
    functions: profile.function.map(({name}) => text(name)),
    totals: [0, 1].map(i => profile.sample.reduce((sum, {value}) => sum + Number(value[i] ?? 0), 0)),
    period: Number(profile.period),
  }
}

describe('the profiling port', () => {
  it('serves profiles that pprof opens and a trace that Perfetto opens, to this machine only', async () => {
    const runtime = await startRuntime({servers, profiling: {port: 0}}, {args: ['--profile']})
    const url = await profilingUrl(runtime)
    const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${url}${path}`, init)
    const bytes = async (response: Promise<Response>): Promise<Buffer> =>
      Buffer.from(await (await response).arrayBuffer())

    expect(await (await get('/debug/pprof/')).text()).toContain('/debug/pprof/profile')
    const cpu = await underLoad(runtime, bytes(get('/debug/pprof/profile?seconds=1')))
    const profile = readProfile(cpu)
    expect(profile.types).toEqual(['samples/count', 'cpu/nanoseconds'])
    expect(profile.functions).toEqual(expect.arrayContaining(['forward', 'scanMessage']))
    expect(profile.functions).not.toContain('(idle)')
    expect(profile.totals[0]).toBeGreaterThan(20)
    // Processor time of one thread: not more than the time that went by.
    expect(profile.totals[1]).toBeGreaterThan(20e6)
    expect(profile.totals[1]).toBeLessThan(1.3e9)

    const heap = await bytes(get('/debug/pprof/heap'))
    expect(readProfile(heap).types).toEqual(['inuse_objects/count', 'inuse_space/bytes'])
    expect(readProfile(heap).totals.every(total => total > 0)).toBe(true)

    const trace = await underLoad(runtime, bytes(get('/debug/pprof/trace?seconds=1')))
    const {traceEvents} = JSON.parse(trace.toString()) as {traceEvents: {ph: string; name: string; ts: number}[]}
    const calls = traceEvents.filter(({name}) => name === 'tools/call:echo__add')
    expect(calls.filter(({ph}) => ph === 'b').length).toBeGreaterThan(3)
    expect(calls.filter(({ph}) => ph === 'e').length).toBe(calls.length / 2)
    expect(traceEvents.some(({name}) => name === 'V8.GCScavenger')).toBe(true)

    const foreign = await get('/debug/pprof/heap', {headers: {origin: 'https://evil.example'}})
    expect(foreign.status).toBe(403)
    const answers = await Promise.all([
      get('/debug/pprof/profile?seconds=9999'),
      get('/debug/pprof/profile?seconds=soon'),
      get('/debug/pprof/goroutine'),
      get('/debug/pprof/heap', {method: 'POST'}),
      get('//'),
    ])
    expect(answers.map(({status}) => status)).toEqual([400, 400, 404, 405, 400])
  })

  it('serves profiles that `go tool pprof` reads', async () => {
    const go = needsBinary('go')
    const runtime = await startRuntime({servers, profiling: {port: 0}}, {args: ['--profile']})
    const url = await profilingUrl(runtime)
    const top = async (path: string): Promise<string> => {
      const file = join(tempDir(), 'profile.pb')
      const response = await underLoad(runtime, fetch(`${url}${path}`))
      writeFileSync(file, Buffer.from(await response.arrayBuffer()))
      const env = {...process.env, HOME: tempDir()}
      const {stdout, stderr} = spawnSync(go, ['tool', 'pprof', '-top', file], {encoding: 'utf8', env})
      return stdout + stderr
    }
    expect(await top('/debug/pprof/profile?seconds=1')).toMatch(/Type: cpu\n[\s\S]*Duration: 1\.[\s\S]*flat%[\s\S]*%/)
    expect(await top('/debug/pprof/heap')).toMatch(/Type: inuse_space\n[\s\S]*flat%[\s\S]*%/)
  })

  it('records one at a time, and ends with the client that asked', async () => {
    const runtime = await startRuntime({profiling: {port: 0}}, {args: ['--profile']})
    const url = `${await profilingUrl(runtime)}/debug/pprof/profile`
    const gone = new AbortController()
    const long = fetch(`${url}?seconds=300`, {signal: gone.signal}).catch(() => 'gone')
    const busy = await vi.waitFor(async () => {
      const response = await fetch(`${url}?seconds=0.01`)
      expect(response.status).toBe(409)
      return response.text()
    })
    expect(busy).toMatch(/^another cpu recording is under way, for about (299|300) s more\n$/)
    gone.abort()
    expect(await long).toBe('gone')
    await vi.waitFor(async () => expect((await fetch(`${url}?seconds=0.01`)).status).toBe(200))
  })

  it('names who has the port', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    atEnd(() => void taken.close())
    await new Promise(resolve => taken.once('listening', resolve))
    const address = taken.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const config = join(tempDir(), 'config.yaml')
    writeFileSync(
      config,
      `server: {port: 0}\nobservability: {metrics: {port: 0}}\nprofiling: {enabled: true, port: ${port}}\n`,
    )
    const {code, stderr} = await runCli(['start', '--config', config], {env: {ONLY1MCP_STATE_DIR: tempDir()}})
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/127\.0\.0\.1:\d+ \(profiling\) is already in use by .*\(pid \d+/),
    ])
  })
})

describe('profile', () => {
  it.each(['cpu', 'heap', 'trace'])('%s records a runtime that was started without any of it', async kind => {
    const runtime = await startRuntime({servers})
    const output = join(tempDir(), 'out')
    const {code, stdout, stderr} = await underLoad(
      runtime,
      runCli(['profile', kind, '--seconds', '1', '--output', output], {env: runtime.env}),
    )
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining(`wrote ${output} (`), ''])
    expect(statSync(output).mode & 0o777).toBe(0o600)
    const content = readFileSync(output)
    if (kind === 'trace') expect(JSON.parse(content.toString()).traceEvents.length).toBeGreaterThan(10)
    // A runtime at rest keeps nothing of what it allocates in a second: there may be no sample in a good profile.
    else if (kind === 'heap') expect(readProfile(content).types).toEqual(['inuse_objects/count', 'inuse_space/bytes'])
    else expect(readProfile(content).totals[1]).toBeGreaterThan(0)
    expect(runtime.logs()['audit.log']).toContain(
      `Action ${kind === 'trace' ? kind : kind === 'cpu' ? 'profile_cpu' : 'profile_mem'} seconds=1`,
    )
  })

  it('says where it cannot write, before it records', async () => {
    const missing = join(tempDir(), 'no', 'where')
    const {code, stderr} = await runCli(['profile', 'cpu', '--output', missing])
    expect([code, stderr]).toEqual([3, expect.stringContaining('there is no folder')])
  })
})

describe('recordings of a whole run', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('are written on %s', async signal => {
    const folder = tempDir()
    const [cpu, mem, trace] = ['cpu.pb.gz', 'mem.pb.gz', 'trace.json'].map(name => join(folder, name))
    const args = ['--profile-cpu', `${cpu}`, '--profile-mem', `${mem}`, '--trace', `${trace}`]
    const runtime = await startRuntime({servers}, {args})
    for (let i = 0; i < 50; i++) await callTool(runtime.url, 'echo__add', {a: i, b: 2})
    runtime.process.child.kill(signal)
    expect((await runtime.process.exited).code).toBe(0)
    expect(readProfile(readFileSync(`${cpu}`))).toMatchObject({period: 10_000_000, types: expect.anything()})
    expect(readProfile(readFileSync(`${mem}`)).totals[1]).toBeGreaterThan(0)
    const {traceEvents} = JSON.parse(readFileSync(`${trace}`, 'utf8')) as {traceEvents: {name: string}[]}
    expect(traceEvents.filter(({name}) => name === 'tools/call:echo__add')).toHaveLength(100)
    expect([cpu, mem, trace].map(path => statSync(`${path}`).mode & 0o777)).toEqual([0o600, 0o600, 0o600])
    expect(runtime.process.stderr()).toContain(`CPU profile written to ${cpu}`)
  })

  it('are refused at the start where they could not be written', async () => {
    const config = join(tempDir(), 'config.yaml')
    writeFileSync(config, 'server: {port: 0}\n')
    const start = (...args: string[]) => runCli(['start', '--config', config, ...args])
    const nowhere = await start('--profile-cpu', join(tempDir(), 'no', 'file'))
    const device = await start('--trace', '/dev/null')
    const twice = await start('--trace', '/tmp/one', '--profile-mem', '/tmp/one')
    expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringMatching(/--profile-cpu .*there is no folder/)])
    expect([device.code, device.stderr]).toEqual([3, expect.stringContaining('something else than a regular file')])
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('two recordings cannot go to one file')])
    expect(existsSync('/dev/null')).toBe(true)
  })
})
