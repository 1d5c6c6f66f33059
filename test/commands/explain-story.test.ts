import {chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {gzipSync} from 'node:zlib'
import {describe, expect, it, vi} from 'vitest'
import {needsUser} from '../helpers/as-user.ts'
import {stdioServer} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

interface Story {
  readonly found: boolean
  readonly outcome: string
  readonly blame: string
  readonly verdict: string
  readonly evidence: string
  readonly target: string
  readonly serverId: string
  readonly durationMs: number
  readonly timeline: {what: string; text: string; source: string; at: string; offsetMs: number | null}[]
  readonly next: string[]
  readonly sources: {name: string; state: string; from: string | null}[]
}

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

async function storyOf(runtime: StartedRuntime, ...args: string[]): Promise<Story & {code: number | null}> {
  const {stdout, code} = await runCli(['explain', ...args, '--json'], {env: runtime.env})
  return {...JSON.parse(stdout), code}
}

async function crashed(options: {logFormat?: string} = {}): Promise<{runtime: StartedRuntime; id: string}> {
  const runtime = await startRuntime(
    {
      servers: [stdioServer('frail', 'dies-mid-call.mjs')],
      observability: {request_log: {enabled: true}},
    },
    {args: options.logFormat === undefined ? [] : ['--log-format', options.logFormat]},
  )
  const reply = await callTool(runtime.url, 'frail__echo', {text: 'hi'}, {headers: {'x-trace-id': trace}})
  return {runtime, id: reply.headers.get('x-request-id') ?? reply.message?.error?.data?.requestId}
}

describe('explain REQUEST', () => {
  it('tells how a request failed, what the process said meanwhile, and whose fault it was, after the runtime has ended', async () => {
    const {runtime, id} = await crashed()
    await runtime.stop()
    const story = await storyOf(runtime, id)
    expect(story).toMatchObject({
      schemaVersion: 1,
      kind: 'request',
      found: true,
      code: 0,
      requestId: id,
      traceId: trace,
      target: 'tools/call:frail__echo',
      serverId: 'frail',
      outcome: 'ambiguous',
      blame: 'backend-process',
    })
    const whats = story.timeline.map(({what}) => what)
    expect(whats[0]).toBe('received')
    expect(whats.indexOf('ended')).toBeGreaterThan(whats.indexOf('failed'))
    expect(story.timeline).toContainEqual(
      expect.objectContaining({
        what: 'stderr',
        text: 'panic: lost the connection to the upstream',
        source: 'only1mcp.log',
      }),
    )
    expect(story.timeline.find(({what}) => what === 'failed')).toMatchObject({source: 'error.log'})
    expect(story.verdict).toMatch(/^sent, and its outcome is not known with -32005 .*the process of server frail/)
    expect(story.next).toContain('only1mcp health check frail')
    expect(story.next[0]).toContain('only1mcp explain -32005')
    const times = story.timeline.map(({at}) => at)
    expect(times).toEqual([...times].sort())
    expect(story.timeline.every(({offsetMs}) => offsetMs !== null)).toBe(true)

    const {stdout, code} = await runCli(['explain', `request_id=${id}`], {env: runtime.env})
    expect(code).toBe(0)
    expect(stdout.split('\n')[0]).toContain(`${id}: sent, and its outcome is not known`)
    expect(stdout).toContain('stderr: panic: lost the connection to the upstream')
  })

  it('finds it in JSON logs, in rotated and packed ones, and from the request log alone', async () => {
    const {runtime, id} = await crashed({logFormat: 'json'})
    await runtime.stop()
    const whole = await storyOf(runtime, id)
    expect(whole.timeline.map(({what}) => what)).toEqual(
      expect.arrayContaining(['received', 'failed', 'stderr', 'ended']),
    )

    renameSync(join(runtime.logDir, 'access.log'), join(runtime.logDir, 'access.log.1'))
    const errors = join(runtime.logDir, 'error.log')
    writeFileSync(`${errors}.2.gz`, gzipSync(readFileSync(errors)))
    rmSync(errors)
    const moved = await storyOf(runtime, id)
    expect(moved.timeline.map(({text}) => text)).toEqual(whole.timeline.map(({text}) => text))
    expect(moved.timeline.find(({what}) => what === 'failed')?.source).toBe('error.log.2.gz')

    rmSync(runtime.logDir, {recursive: true})
    const row = await storyOf(runtime, id)
    expect(row).toMatchObject({found: true, outcome: 'ambiguous', blame: 'backend-process', serverId: 'frail'})
    expect(row.timeline[0]).toMatchObject({what: 'received', source: 'request_logs'})
    expect(row.sources).toContainEqual(expect.objectContaining({name: runtime.logDir, state: 'absent'}))
  })

  it('survives an archive that is torn, a pipe and a link in place of logs, and says so', async () => {
    const {runtime, id} = await crashed()
    await runtime.stop()
    const packed = gzipSync(Buffer.from(`${'x'.repeat(100)}\n`.repeat(1000)))
    writeFileSync(join(runtime.logDir, 'error.log.2.gz'), packed.subarray(0, packed.length - 20))
    mkdirSync(join(runtime.logDir, 'access.log.3'))
    const {stdout, code} = await runCli(['explain', id], {env: runtime.env})
    expect(code).toBe(0)
    expect(stdout).toContain('the archive is torn')
    expect(stdout).toMatch(/access\.log\.3 is not a regular file/)
  })

  it('tells all requests of a trace', async () => {
    const runtime = await startRuntime({servers: [stdioServer('echo', 'echo.mjs')]})
    const parent = {traceparent: `00-${trace}-00f067aa0ba902b7-01`}
    for (const text of ['a', 'b']) await callTool(runtime.url, 'echo__echo', {text}, {headers: parent})
    await callTool(runtime.url, 'echo__echo', {text: 'other'})
    await runtime.stop()
    const {stdout, code} = await runCli(['explain', parent.traceparent, '--json'], {env: runtime.env})
    const {kind, requests} = JSON.parse(stdout)
    expect([kind, code]).toEqual(['trace', 0])
    expect(requests.map((story: Story) => [story.outcome, story.target])).toEqual([
      ['answered', 'tools/call:echo__echo'],
      ['answered', 'tools/call:echo__echo'],
    ])
  })

  it('shows a request that is still under way, from the running runtime', async () => {
    const runtime = await startRuntime({servers: [stdioServer('hung', 'hangs.mjs', ['calls'])]}, {until: 'listening'})
    const ender = new AbortController()
    const call = callTool(runtime.url, 'hung__echo', {}, {signal: ender.signal}).catch(() => {})
    const first = `${runtime.record.instance}-`
    await vi.waitFor(
      async () => {
        const stories = await Promise.all([1, 2, 3, 4, 5].map(n => storyOf(runtime, `${first}${n}`)))
        const open = stories.find(({outcome, target}) => outcome === 'open' && target === 'tools/call:hung__echo')
        expect(open).toMatchObject({found: true, code: 0, serverId: 'hung'})
        expect(open?.verdict).toMatch(/^still under way after [\d.]+ ms, at server hung$/)
      },
      {timeout: 15_000},
    )
    ender.abort()
    await call
  })

  it('says where it looked and from when the logs reach when it knows nothing, and ends with 1', async () => {
    const {runtime} = await crashed()
    await runtime.stop()
    const {stdout, code} = await runCli(['explain', 'deadbeef-99'], {env: runtime.env})
    expect(code).toBe(1)
    expect(stdout).toMatch(/^request deadbeef-99 is not known; they reach back to \d{4}-/)
    for (const name of ['access.log', 'error.log', 'only1mcp.log', 'requests.db']) expect(stdout).toContain(name)
  })

  it('ends with 3 only when nothing could be read', async () => {
    const user = needsUser()
    const folder = tempDir()
    chmodSync(folder, 0o755)
    const locked = join(folder, 'log')
    mkdirSync(locked, {mode: 0o700})
    const home = join(folder, 'home')
    mkdirSync(home)
    chownSync(home, user.uid, user.gid)
    const env = {ONLY1MCP_LOG_DIR: locked, ONLY1MCP_STATE_DIR: join(locked, 'state'), HOME: home}
    const {stdout, code} = await runCli(['explain', 'deadbeef-1'], {env, user, cwd: home})
    expect(code).toBe(3)
    expect(stdout).toContain('request deadbeef-1: nothing could be read')
    expect(stdout).toContain(`no permission to look into the log folder ${locked}`)
  })

  it('lets no control character of a log into the terminal', async () => {
    const folder = tempDir()
    const line = `2026-01-02T03:04:05.000Z ERROR only1mcp::proxy request_id=0badcafe-1 Odd request failed target=x error="a\u001b[31mb\u202e"\n`
    writeFileSync(join(folder, 'error.log'), line)
    const env = {ONLY1MCP_LOG_DIR: folder, ONLY1MCP_STATE_DIR: folder}
    const {stdout, code} = await runCli(['explain', '0badcafe-1'], {env})
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/[\u001b\u202e]/)
    expect(stdout).toContain('␛[31m')
  })
})
