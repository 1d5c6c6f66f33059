import {spawn} from 'node:child_process'
import {chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import net, {type AddressInfo} from 'node:net'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {sightCommand} from '../../../src/diagnostics/collect/backend-command.ts'
import {collectorsFor} from '../../../src/diagnostics/collect/collectors.ts'
import {hostUnit} from '../../../src/diagnostics/collect/host-unit.ts'
import {toolFault} from '../../../src/diagnostics/collect/tool-fault.ts'
import type {FactSource} from '../../../src/diagnostics/fact.ts'
import {liveFacts} from '../../../src/diagnostics/live-facts.ts'
import {ownerVariable} from '../../../src/mcp/sweep.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {Scene} from '../scene.ts'
import {server} from '../world.ts'

const backend = (name: string): string => fileURLToPath(new URL(`../../fixtures/backends/${name}.mjs`, import.meta.url))

let scene: Scene
let facts: FactSource

/** Facts of a configuration whose text is this. */
function factsOf(text: string, env: Record<string, string> = {}): FactSource {
  scene.config(text)
  const place = {configFlag: scene.configPath, env: {...scene.env, ...env}, cwd: scene.folder, home: scene.folder}
  return liveFacts({collectors: collectorsFor(place), host: 'here', signal: new AbortController().signal})
}

beforeEach(() => {
  scene = new Scene()
  facts = factsOf('version: "1.0"\n')
})
afterEach(() => scene.close())

function listen(server: net.Server): Promise<number> {
  atEnd(() => void server.close())
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
}

describe('the host', () => {
  test('tells its memory, its disks, its sockets and our control group', async () => {
    const memory = await facts.get('host.memory')
    expect(memory).toMatchObject({state: 'known'})
    if (memory.state === 'known') expect(memory.value.availableBytes).toBeGreaterThan(0)
    expect(await facts.get(`host.disk:${scene.folder}/not/there/yet`)).toMatchObject({value: {folder: scene.folder}})
    const sockets = await facts.get(`host.sockets:${process.pid}`)
    expect(sockets).toMatchObject({state: 'known', value: {ephemeral: {used: expect.any(Number)}}})
    expect(['known', 'absent']).toContain((await facts.get('host.cgroup')).state)
  })

  test('counts the connections of one process by state', async () => {
    const accepted: net.Socket[] = []
    const port = await listen(net.createServer(socket => void accepted.push(socket)))
    const client = net.connect(port, '127.0.0.1')
    atEnd(() => void client.destroy())
    await new Promise(resolve => client.once('connect', resolve))
    const sockets = await facts.get(`host.sockets:${process.pid}`)
    expect(sockets.state === 'known' && (sockets.value.ofProcess?.ESTABLISHED ?? 0)).toBeGreaterThan(0)
    for (const socket of accepted) socket.destroy()
  })

  test('tells by two start times whether its clock was moved', async () => {
    await scene.runtime([server()])
    const clock = await factsOf('version: "1.0"\n').get('host.clock')
    expect(clock.state === 'known' && Math.abs(clock.value.movedMs ?? 0)).toBeLessThan(30_000)
    const record = join(scene.stateDir, 'runtime.json')
    const earlier = new Date(Date.now() - 3_600_000).toISOString()
    writeFileSync(record, JSON.stringify({...JSON.parse(readFileSync(record, 'utf8')), startedAt: earlier}))
    const moved = await factsOf('version: "1.0"\n').get('host.clock')
    expect(moved.state === 'known' && (moved.value.movedMs ?? 0)).toBeGreaterThan(3_500_000)
  })

  test('has a unit file whose settings are read, with those of drop-ins', async () => {
    const folder = tempDir()
    mkdirSync(join(folder, 'only1mcp.service.d'))
    writeFileSync(join(folder, 'only1mcp.service'), '[Service]\nMemoryLimit=2G\n# MemoryLimit=1G\n')
    writeFileSync(join(folder, 'only1mcp.service.d', 'a.conf'), '[Service]\nKillMode = none\n')
    const place = {configFlag: undefined, env: {}, cwd: '/', home: folder}
    const source = liveFacts({
      collectors: [hostUnit(place, [folder])],
      host: 'here',
      signal: new AbortController().signal,
    })
    const unit = await source.get('host.unit')
    expect(unit.state === 'known' && unit.value.settings.map(({line, name, value}) => [line, name, value])).toEqual([
      [2, 'MemoryLimit', '2G'],
      [2, 'KillMode', 'none'],
    ])
  })

  test('without such a process says so, and never throws', async () => {
    for (const key of ['process.details:4194399', 'host.cgroup:4194399'] as const)
      expect(await facts.get(key)).toMatchObject({state: 'absent'})
    expect(await facts.get('host.sockets:4194399')).toMatchObject({state: 'known', value: {ofProcess: null}})
  })

  test('knows processes that a runtime has started by their mark', async () => {
    const child = spawn('sleep', ['60'], {env: {...process.env, [ownerVariable]: 'gone9:github.1'}, stdio: 'ignore'})
    atEnd(() => void child.kill('SIGKILL'))
    await new Promise(resolve => child.once('spawn', resolve))
    const owned = await facts.get('process.owned')
    expect(owned.state === 'known' && owned.value.processes).toContainEqual(
      expect.objectContaining({pid: child.pid, program: 'sleep', instance: 'gone9'}),
    )
  })
})

describe('the configuration', () => {
  test('is told without its secrets', async () => {
    const source = factsOf(
      `version: "1.0"\nservers:\n  - {id: web, endpoint: "https://mcp.example.com/mcp", auth: {token: "plain-token-1"}}\n  - {id: git, command: git-mcp, env: {GITHUB_TOKEN: "\${GITHUB_TOKEN}"}}\n`,
      {GITHUB_TOKEN: 'from-outside-1'},
    )
    const outline = await source.get(`config.outline:${scene.configPath}`)
    expect(outline).toMatchObject({
      value: {
        servers: [
          {id: 'web', host: 'mcp.example.com', port: 443, secure: true, credentials: true},
          {id: 'git', command: 'git-mcp'},
        ],
      },
    })
    expect(JSON.stringify(outline)).not.toMatch(/plain-token-1|from-outside-1/)
    expect(await source.get(`config.plain_secrets:${scene.configPath}`)).toMatchObject({
      value: ['servers web: auth.token'],
    })
  })

  test('takes the account of a database for no secret, but its password', async () => {
    const log = (url: string): string =>
      `version: "1.0"\nservers: []\nobservability: {request_log: {backend: postgres, postgres: {url: "${url}"}}}\n`
    const placesOf = async (url: string): Promise<unknown> => {
      const fact = await factsOf(log(url)).get(`config.plain_secrets:${scene.configPath}`)
      return fact.state === 'known' ? fact.value : fact
    }
    expect(await placesOf('postgres://only1mcp@127.0.0.1:5432/logs')).toEqual([])
    expect(await placesOf('postgres://only1mcp:long-password@127.0.0.1:5432/logs')).toEqual([
      'observability.request_log.postgres.url',
    ])
  })

  test('says which variable a token comes from', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands in the file like that
    const name = '${MY_TOKEN}'
    const server = `{id: web, endpoint: "http://h/mcp", headers: {Authorization: "Bearer ${name}"}}`
    const source = factsOf(`version: "1.0"\nservers: [${server}]\n`, {MY_TOKEN: 'abcdefgh'})
    const outline = await source.get(`config.outline:${scene.configPath}`)
    expect(outline).toMatchObject({value: {servers: [{credentials: true, variables: ['MY_TOKEN']}]}})
    expect(JSON.stringify(outline)).not.toContain('abcdefgh')
  })

  test('names variables that are there and empty, but not those in comments', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands in the file like that
    const source = factsOf('version: "1.0"\n# ${NOT_THIS}\nserver: {host: "${HOST:-127.0.0.1}"}\nx-a: "${EMPTY}"\n', {
      EMPTY: '',
      NOT_THIS: '',
    })
    expect(await source.get(`config.empty_variables:${scene.configPath}`)).toMatchObject({value: ['EMPTY']})
  })

  test('is seen with its mode, and with folders above that others may write to', async () => {
    const folder = join(scene.folder, 'open')
    mkdirSync(folder)
    chmodSync(folder, 0o777)
    const path = join(folder, 'c.yaml')
    writeFileSync(path, '')
    chmodSync(path, 0o604)
    expect(await facts.get(`config.file:${path}`)).toMatchObject({
      value: {mode: 0o604, ownedByUs: true, openFolders: [folder]},
    })
  })
})

describe('a command', () => {
  test('is found as execvp finds it, or its fault is named', () => {
    const folder = tempDir()
    writeFileSync(join(folder, 'runs'), '#!/bin/sh\n', {mode: 0o755})
    writeFileSync(join(folder, 'plain'), '')
    chmodSync(join(folder, 'plain'), 0o644)
    expect(sightCommand('runs', `/nowhere:${folder}`, '/')).toMatchObject({file: join(folder, 'runs'), fault: null})
    expect(sightCommand('./runs', '', folder)).toMatchObject({fault: null})
    expect(sightCommand('plain', folder, '/')).toMatchObject({
      lacksBit: true,
      fault: expect.stringContaining('not executable'),
    })
    expect(sightCommand('absent', folder, '/')).toMatchObject({
      file: null,
      fault: 'there is no program absent on the PATH',
    })
    expect(sightCommand(folder, '', '/').fault).toContain('there is no file')
  })
})

describe('a probe', () => {
  const config = (line: string): string => `version: "1.0"\nservers:\n  - {id: one, ${line}}\n`

  test('of a program does the handshake, lists its tools, and leaves no process behind', async () => {
    const source = factsOf(config(`command: ${process.execPath}, args: [${backend('echo')}]`))
    const probe = await source.get('backend.probe:one')
    expect(probe).toMatchObject({state: 'known', value: {ok: true, step: 'done', failure: null}})
    expect(probe.state === 'known' && probe.value.tools.length).toBeGreaterThan(0)
    const owned = await source.get('process.owned')
    const ours = `doctor-${process.pid}`
    expect(owned.state === 'known' && owned.value.processes.filter(({instance}) => instance === ours)).toEqual([])
  })

  test('of a program that dies has its status and its last words, without secrets', async () => {
    const script = 'console.error("no use for", process.env.API_TOKEN); process.exit(3)'
    const source = factsOf(
      config(
        `command: ${process.execPath}, args: ["-e", ${JSON.stringify(script)}], env: {API_TOKEN: "very-secret-1"}`,
      ),
    )
    const probe = await source.get('backend.probe:one')
    expect(probe).toMatchObject({value: {ok: false, failure: {message: expect.stringContaining('3')}}})
    expect(JSON.stringify(probe)).toContain('no use for')
    expect(JSON.stringify(probe)).not.toContain('very-secret-1')
  })

  test('with a token that is rejected says so', async () => {
    const port = await listen(http.createServer((_, response) => response.writeHead(401).end('bad token')))
    const source = factsOf(config(`endpoint: "http://127.0.0.1:${port}/mcp", auth: {token: "wrong-token-1"}`))
    expect(await source.get('backend.probe:one')).toMatchObject({
      value: {ok: false, failure: {kind: 'CredentialsRejected', httpStatus: 401}},
    })
  })

  test('does not start a program a second time beside the runtime', async () => {
    const mark = join(scene.folder, 'started')
    const source = factsOf(config(`command: touch, args: [${mark}]`))
    await scene.runtime([server()])
    expect(await source.get('backend.probe:one')).toMatchObject({state: 'absent'})
    expect(existsSync(mark)).toBe(false)
  })
})

describe('the schema of a tool', () => {
  const fine = {name: 'search', inputSchema: {type: 'object', properties: {q: {type: 'string'}}, required: ['q']}}
  test.each([
    [fine, null],
    [{...fine, inputSchema: {type: 'object'}}, null],
    [null, 'no object'],
    [{...fine, name: ''}, 'no name'],
    [{...fine, name: 'a\u202eb'}, 'characters'],
    [{name: 'x'}, 'no inputSchema'],
    [{...fine, inputSchema: {type: 'string'}}, '"string"'],
    [{...fine, inputSchema: {type: 'object', required: ['other']}}, '"other"'],
    [{...fine, inputSchema: {type: 'object', properties: {a: {$ref: 'http://evil/x'}}}}, 'outside of itself'],
    [{...fine, inputSchema: {type: 'object', properties: {a: {$ref: '#/x'}}}}, null],
  ])('of %j is judged', (tool, fault) => {
    if (fault === null) expect(toolFault(tool)).toBeNull()
    else expect(toolFault(tool)).toContain(fault)
  })
})

describe('databases', () => {
  test('that are damaged, no database, or a link are told apart, and nothing is written', async () => {
    const path = join(scene.stateDir, 'requests.db')
    expect(await facts.get(`store.integrity:${path}`)).toMatchObject({state: 'absent'})
    writeFileSync(path, 'this is no database at all, but long enough to be taken for one'.repeat(40))
    const source = factsOf('version: "1.0"\n')
    expect(await source.get(`store.integrity:${path}`)).toMatchObject({
      state: 'known',
      value: {faults: [expect.stringMatching(/not a database/i)]},
    })
    symlinkSync('/dev/zero', join(scene.stateDir, 'circuit_breakers.db'))
    expect(await source.get(`store.integrity:${join(scene.stateDir, 'circuit_breakers.db')}`)).toMatchObject({
      state: 'error',
    })
  })

  test('that are sound have no faults, and their figures are read', async () => {
    const {default: Sqlite} = await import('better-sqlite3')
    const path = join(scene.stateDir, 'requests.db')
    const db = new Sqlite(path)
    db.exec('CREATE TABLE request_logs (timestamp TEXT, method TEXT, outcome TEXT, duration_ms REAL)')
    const add = db.prepare('INSERT INTO request_logs VALUES (?, ?, ?, ?)')
    for (let i = 1; i <= 100; i++)
      add.run(new Date(Date.now() - 1000).toISOString(), 'tools/call', i > 90 ? 'error' : 'answered', i)
    add.run(new Date(Date.now() - 3_600_000).toISOString(), 'tools/list', 'answered', 5)
    db.close()
    expect(await facts.get(`store.integrity:${path}`)).toMatchObject({value: {faults: []}})
    expect(await facts.get(`requests.recent:${path}`)).toMatchObject({
      value: {
        recent: {count: 100, errors: 10},
        before: {count: 1, p99Ms: 5},
        methods: [{method: 'tools/call', count: 100}],
      },
    })
  })
})

describe('Redis', () => {
  test('is asked with its password, which is in no fact', async () => {
    let asked = ''
    const port = await listen(
      net.createServer(socket => {
        socket.on('data', data => {
          asked += data
          socket.write('-WRONGPASS invalid password top-secret-9\r\n+PONG\r\n')
        })
        socket.on('error', () => {}) // the other side may go first
      }),
    )
    const source = factsOf(
      `version: "1.0"\nserver: {session_key: "${'k'.repeat(40)}"}\nshared: {redis: {url: "redis://:top-secret-9@127.0.0.1:${port}/0"}}\n`,
    )
    const redis = await source.get(`store.redis:127.0.0.1:${port}`)
    expect(asked).toContain('AUTH')
    expect(redis).toMatchObject({state: 'known', value: {answer: expect.stringContaining('-WRONGPASS')}})
    expect(JSON.stringify(redis)).not.toContain('top-secret-9')
  })
})

describe('TLS', () => {
  test('is not spoken by everybody', async () => {
    const port = await listen(http.createServer((_, response) => response.end('hello')))
    expect(await facts.get(`tls.handshake:127.0.0.1:${port}`)).toMatchObject({
      state: 'known',
      value: {protocol: null, refusal: expect.any(String)},
    })
    expect(await facts.get('tls.handshake:127.0.0.1:1')).toMatchObject({state: 'absent'})
  })
})
