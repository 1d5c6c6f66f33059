import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it, vi} from 'vitest'
import {parse} from 'yaml'
import {ControlClient} from '../../src/control/client.ts'
import {atEnd} from '../helpers/at-end.ts'
import {runCli} from '../helpers/cli.ts'
import {packageRoot} from '../helpers/package-root.ts'
import {runProgram} from '../helpers/program.ts'
import {cliPath, startInPty} from '../helpers/pty.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'
import {connectDirect, connectV1, connectV2, type ToolClient} from './clients.ts'

interface ExampleServer {
  readonly id: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** One call of each server; none of them changes what another client sees. */
const calls: readonly {readonly server: string; readonly tool: string; readonly args: Record<string, unknown>}[] = [
  {server: 'everything', tool: 'echo', args: {message: 'héllo \u2028 "wörld"'}},
  {server: 'memory', tool: 'search_nodes', args: {query: 'kept'}},
  {server: 'filesystem', tool: 'read_text_file', args: {path: 'FILES/hello.txt'}},
  {
    server: 'sequential-thinking',
    tool: 'sequentialthinking',
    args: {thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1},
  },
]

let folder: string
let runtime: StartedRuntime
const direct = new Map<string, ToolClient>()
const clients = new Map<string, ToolClient>()

/** The example as it stands, but with free ports; `cwd: ..` is the package, as it is for the file in examples/. */
function quickstartConfig(): Record<string, unknown> & {servers: readonly ExampleServer[]} {
  const example = parse(readFileSync(join(packageRoot, 'examples/quickstart.yaml'), 'utf8')) as {
    servers: (ExampleServer & {cwd: string})[]
  }
  return {version: '1.0', servers: example.servers.map(server => ({...server, cwd: packageRoot}))}
}

const expanded = (text: string): string => text.replaceAll(/\$\{ONLY1MCP_QUICKSTART_DIR\}/g, folder)

beforeAll(async () => {
  folder = tempDir()
  mkdirSync(join(folder, 'files'))
  writeFileSync(join(folder, 'files/hello.txt'), 'kept in a file: \u00e9\u2028\u0007\n')
  const config = quickstartConfig()
  runtime = await startRuntime(config, {env: {ONLY1MCP_QUICKSTART_DIR: folder}})
  const url = `${runtime.url}/mcp`
  await Promise.all([
    ...config.servers.map(async ({id, args, env = {}}) => {
      const variables = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, expanded(value)]))
      direct.set(id, await connectDirect(args.map(expanded), variables))
    }),
    connectV1(url).then(client => clients.set('v1', client)),
    connectV2(url, 'legacy').then(client => clients.set('v2 legacy', client)),
    connectV2(url, 'auto').then(client => clients.set('v2 auto', client)),
    connectV2(url, {pin: '2026-07-28'}).then(client => clients.set('v2 modern', client)),
  ])
  atEnd(async () => {
    for (const client of [...direct.values(), ...clients.values()]) await client.close()
  })
})

describe.each(['v1', 'v2 legacy', 'v2 auto', 'v2 modern'])('to the SDK client %s', which => {
  const client = (): ToolClient => clients.get(which) as ToolClient

  it('lists exactly what each server lists to a client with the same capabilities, 38 tools', async () => {
    const expected = []
    for (const [id, server] of direct) {
      for (const tool of await server.list()) expected.push({...tool, name: `${id}__${tool.name}`})
    }
    const listed = await client().list()
    expect(listed).toHaveLength(38)
    expect(sorted(listed)).toEqual(sorted(expected.map(tool => (isModern(which) ? inModernTerms(tool) : tool))))
  })

  it.each(calls)('calls $tool of $server with the same answer as the server gives directly', async call => {
    const args = withFolder(call.args)
    const answer = await client().call(`${call.server}__${call.tool}`, args)
    expect(answer).toEqual(await direct.get(call.server)?.call(call.tool, args))
  })
})

describe('what was called is seen', () => {
  it('in the access log, whose ten fields awk takes apart', async () => {
    const program = '{print (NF >= 10), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10}'
    const log = join(runtime.logDir, 'access.log')
    for (const {server, tool} of calls) {
      await vi.waitFor(async () => {
        const {stdout} = await runProgram('awk', [`$7 == "tools/call:${server}__${tool}" ${program}`, log])
        const lines = stdout.trimEnd().split('\n')
        expect(lines).toHaveLength(clients.size)
        for (const line of lines) {
          expect(line).toMatch(
            /^1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO only1mcp::access request_id=[0-9a-f]{8}-\d+ 127\.0\.0\.1 POST \S+ 200 \d+ \d+\.\d+$/,
          )
        }
      })
    }
  })

  it('in the metrics, where every request that was opened is closed', async () => {
    const page = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    for (const {server} of calls) {
      expect(page).toContain(
        `only1mcp_requests_total{method="tools/call",status="answered",server_id="${server}"} ${clients.size}\n`,
      )
      expect(page).toContain(`only1mcp_backend_up{server_id="${server}"} 1\n`)
    }
    expect(page).toContain('only1mcp_children 4\n')
    expect(page).toMatch(/^only1mcp_sessions [23]$/m)
  })

  it('by doctor --quick, which finds nothing wrong', async () => {
    const {code, stdout, stderr} = await runCli(['doctor', '--quick', '--json'], {env: runtime.env})
    const {findings} = JSON.parse(stdout) as {findings: {id: string; status: string; summary: string}[]}
    expect(findings.filter(({status}) => status === 'fail' || status === 'error' || status === 'timeout')).toEqual([])
    expect(findings).toContainEqual(
      expect.objectContaining({id: 'servers.up', status: 'pass', summary: expect.stringMatching(/4 of 4 .*38 tools/)}),
    )
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
  })

  it('by status, health status and server list, for people and as JSON', async () => {
    const json = async (...args: string[]): Promise<unknown> => {
      const {code, stdout, stderr} = await runCli([...args, '--json'], {env: runtime.env})
      expect({code, stderr}, args.join(' ')).toEqual({code: 0, stderr: ''})
      return JSON.parse(stdout)
    }
    const ids = calls.map(({server}) => server)
    const [status, health, list, text] = await Promise.all([
      json('status'),
      json('health', 'status'),
      json('server', 'list'),
      runCli(['status'], {env: runtime.env}),
    ])
    expect(status).toMatchObject({
      schemaVersion: 1,
      state: 'running',
      pid: runtime.pid,
      url: `${runtime.url}/mcp`,
      servers: {total: 4, up: 4, notUp: []},
      tools: 38,
      requests: {errors: 0, p50Ms: expect.any(Number), p99Ms: expect.any(Number)},
    })
    expect(health).toMatchObject({
      schemaVersion: 1,
      servers: ids.map(id => ({id, transport: 'stdio', era: 'legacy', status: 'up', lastError: null})),
      absent: [],
    })
    expect(list).toMatchObject({
      schemaVersion: 1,
      servers: ids.map(id => ({id, status: 'up', prefix: id, pid: expect.any(Number), restarts: 0})),
    })
    expect(text.stdout).toMatch(/4 of 4 up, 38 tools/)
  })

  it.each([
    [120, 40],
    [80, 24],
  ])('on the console of %i columns and %i rows, in all four views', async (cols, rows) => {
    const console = startInPty(cliPath, ['tui'], {cols, rows, env: runtime.env})
    atEnd(() => console.stop())
    await console.waitFor(/\[1 Overview\][\s\S]*4 of 4|\[1 Overview\][\s\S]*4\/4/)
    console.type('2')
    await console.waitFor(/\[2 Servers\][\s\S]*everything[\s\S]*filesystem[\s\S]*sequential-thin/)
    console.type('3')
    await console.waitFor('[3 Requests]')
    for (const {server, tool, args} of calls) await clients.get('v1')?.call(`${server}__${tool}`, withFolder(args))
    for (const {server} of calls) await console.waitFor(`${server}__`, 2_000)
    console.type('4')
    await console.waitFor(/\[4 Logs\][\s\S]*Thought 1\/1/) // what a server says on stderr
    console.type('Q')
    expect(await console.exited).toEqual({code: 0, signal: 0})
  })
})

describe('a server that is killed', () => {
  it('is seen by console and doctor within two seconds, and comes back with its tools', async () => {
    const console = startInPty(cliPath, ['tui'], {cols: 120, rows: 40, env: runtime.env})
    atEnd(() => console.stop())
    await console.waitFor('[1 Overview]')
    console.type('2')
    await console.waitFor(/memory.*up/)
    const control = new ControlClient(runtime.record.socket)
    const memory = async () => (await control.snapshot()).servers.find(({id}) => id === 'memory')
    const kill = async (): Promise<void> => {
      const pid = (await memory())?.pid ?? 0
      expect(pid).toBeGreaterThan(0)
      process.kill(pid, 'SIGKILL')
    }
    const isBack = (restarts: number): Promise<void> =>
      vi.waitFor(async () => expect(await memory()).toMatchObject({status: 'up', tools: 9, restarts}), 10_000)

    // Each end doubles the pause before the next start: after the third there are two seconds to look in.
    for (const restarts of [1, 2]) {
      await kill()
      await isBack(restarts)
    }
    await kill()
    const killedAt = performance.now()
    const [report] = await Promise.all([
      runCli(['doctor', '--quick', '--json'], {env: runtime.env}),
      console.waitFor(/memory.*(restarting|starting)/, 2_000),
    ])
    expect(performance.now() - killedAt).toBeLessThan(2_000)
    const {rootCauses} = JSON.parse(report.stdout) as {rootCauses: unknown}
    expect({code: report.code, rootCauses}).toEqual({code: 1, rootCauses: [{id: 'servers.up', subject: 'memory'}]})

    await isBack(3)
    await console.waitFor(/memory.*up/)
    const answer = await clients.get('v2 modern')?.call('memory__search_nodes', {query: 'kept'})
    expect(answer).not.toHaveProperty('isError', true)
    expect(await clients.get('v1')?.list()).toHaveLength(38)
    expect(runtime.logs()['error.log']).toMatch(/ BackendExited .*server_id=memory .*killed by SIGKILL/)
  })
})

function withFolder(args: Record<string, unknown>): Record<string, unknown> {
  const {path} = args
  return typeof path === 'string' ? {...args, path: path.replace('FILES', join(folder, 'files'))} : args
}

function isModern(which: string): boolean {
  return which === 'v2 auto' || which === 'v2 modern'
}

/** Tasks left the core of the protocol with 2026-07-28: its clients pass over what says whether a tool takes them. */
function inModernTerms<T extends object>(tool: T): T {
  const {execution: _, ...rest} = tool as T & {execution?: unknown}
  return rest as T
}

function sorted<T extends {readonly name: string}>(tools: readonly T[]): T[] {
  return [...tools].sort((a, b) => (a.name < b.name ? -1 : 1))
}
