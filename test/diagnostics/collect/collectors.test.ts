import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, {type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {collectorsFor} from '../../../src/diagnostics/collect/collectors.ts'
import type {FactSource} from '../../../src/diagnostics/fact.ts'
import {liveFacts} from '../../../src/diagnostics/live-facts.ts'
import {parseSocketTable} from '../../../src/shared/listening-sockets.ts'
import {formatErrorLine} from '../../../src/shared/log-line.ts'
import {TestAuthority} from '../../auth/certificates.ts'
import {findBinary} from '../../helpers/missing-binary.ts'
import {foreignListener, Scene} from '../scene.ts'

let scene: Scene
let facts: FactSource
const opened: {close(): void}[] = []

beforeEach(() => {
  scene = new Scene()
  const place = {configFlag: undefined, env: scene.env, cwd: scene.folder, home: scene.folder}
  const signal = new AbortController().signal
  facts = liveFacts({collectors: collectorsFor(place), host: 'here', signal})
})
afterEach(async () => {
  for (const each of opened.splice(0)) each.close()
  await scene.close()
})

function listen(server: net.Server, host = '127.0.0.1'): Promise<number> {
  opened.push(server)
  return new Promise(resolve => server.listen(0, host, () => resolve((server.address() as AddressInfo).port)))
}

/** Answers every connection with these bytes and ends it; without bytes it stays silent. */
function talker(bytes?: string): net.Server {
  return net.createServer(socket => {
    socket.on('error', () => {}) // the other side may go first
    opened.push({close: () => socket.destroy()})
    if (bytes !== undefined) socket.end(bytes)
  })
}

describe('tcp.dial', () => {
  test('tells an open port from a refused one', async () => {
    const port = await listen(talker())
    expect(await facts.get(`tcp.dial:127.0.0.1:${port}`)).toMatchObject({value: {open: true, code: null}})
    expect(await facts.get('tcp.dial:127.0.0.1:1')).toMatchObject({value: {open: false, code: 'ECONNREFUSED'}})
  })

  test('does not dial port 0', async () => {
    expect(await facts.get('tcp.dial:127.0.0.1:0')).toMatchObject({state: 'absent'})
  })

  test('is an error for a key that is no address', async () => {
    expect(await facts.get('tcp.dial:nowhere')).toMatchObject({
      state: 'error',
      why: expect.stringContaining('host:port'),
    })
  })
})

describe('http.health', () => {
  async function health(server: net.Server) {
    return facts.get(`http.health:127.0.0.1:${await listen(server)}`)
  }
  const answering = (status: number, body: string): http.Server =>
    http.createServer((_, response) => response.writeHead(status, {server: 'test/1'}).end(body))

  test('knows our answer by its shape', async () => {
    const body = '{"status":"unavailable","reason":"no server is usable","servers":{"a":"down"}}'
    expect(await health(answering(503, body))).toMatchObject({
      value: {status: 503, ours: true, reason: 'no server is usable', body: ''},
    })
  })

  test.each(['OK', '{"status":"ok"}', '[1]', 'null', '"status"'])(
    'takes %s for the answer of another program',
    async body => {
      expect(await health(answering(200, body))).toMatchObject({
        value: {status: 200, ours: false, server: 'test/1', body},
      })
    },
  )

  test('says that an answer is no HTTP', async () => {
    expect(await health(talker('SSH-2.0-OpenSSH_9.9\r\n'))).toMatchObject({value: {status: null, ours: false}})
  })

  describe.skipIf(findBinary('openssl') === undefined)('over TLS', () => {
    const ourBody = '{"status":"ok","servers":{}}'
    async function secureHealth(options: https.ServerOptions) {
      const {cert, key} = new TestAuthority().issue()
      const files = {cert: readFileSync(cert), key: readFileSync(key)}
      const server = https.createServer({...files, ...options}, (_, response) => response.end(ourBody))
      return facts.get(`http.health:https://127.0.0.1:${await listen(server)}`)
    }

    test('knows our answer behind any certificate', async () => {
      expect(await secureHealth({})).toMatchObject({value: {status: 200, ours: true}})
    })

    test('says that a client certificate is wanted', async () => {
      expect(await secureHealth({requestCert: true})).toMatchObject({
        state: 'denied',
        why: expect.stringContaining('it wants a client certificate'),
      })
    })

    test('says that an answer without TLS is none', async () => {
      const port = await listen(answering(200, ourBody))
      expect(await facts.get(`http.health:https://127.0.0.1:${port}`)).toMatchObject({
        value: {status: null, ours: false},
      })
    })
  })

  test('reads no more than it needs of an endless answer', async () => {
    const endless = http.createServer((_, response) => {
      const pump = setInterval(() => response.write('x'.repeat(65_536)), 1)
      response.on('close', () => clearInterval(pump))
    })
    const fact = await health(endless)
    expect(fact).toMatchObject({value: {status: 200, ours: false}})
  })

  test('waits two seconds for a program that accepts and is silent', async () => {
    const started = performance.now()
    expect(await health(talker())).toMatchObject({state: 'timeout'})
    expect(performance.now() - started).toBeLessThan(2600)
  })

  test('is absent where nothing listens', async () => {
    expect(await facts.get('http.health:127.0.0.1:1')).toMatchObject({
      state: 'absent',
      why: expect.stringContaining('ECONNREFUSED'),
    })
  })
})

describe('port.owner', () => {
  test('names pid, program, command line and user of a foreign listener', async () => {
    const {child, line} = await scene.start(process.execPath, foreignListener)
    const fact = await facts.get(`port.owner:${line}`)
    const name = process.getuid?.() === 0 ? 'root' : expect.any(String)
    expect(fact).toMatchObject({
      state: 'known',
      value: {listeners: [{address: '127.0.0.1', port: Number(line), user: name, process: {pid: child.pid}}]},
    })
    expect(JSON.stringify(fact)).toContain('createServer')
  })

  test.each(['0.0.0.0', '::', '::1'])('sees a listener on %s', async host => {
    const port = await listen(talker(), host)
    expect(await facts.get(`port.owner:${port}`)).toMatchObject({
      value: {listeners: [{address: host, process: {pid: process.pid}}]},
    })
  })

  test('finds nobody on a free port', async () => {
    expect(await facts.get('port.owner:1')).toMatchObject({value: {listeners: []}})
  })

  test('reads the socket table as the kernel prints it, and only what listens', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0',
      '   1: 0100007F:1F91 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1',
      '   2: 00000000000000000000000001000000:1F92 00000000000000000000000000000000:0000 0A 0:0 00:0 0 33 0 4713 1',
      '   3: 0000000000000000FFFF00000100007F:1F93 00000000000000000000000000000000:0000 0A 0:0 00:0 0 33 0 4714 1',
      '',
    ].join('\n')
    expect(parseSocketTable(table)).toEqual([
      {address: '127.0.0.1', port: 8080, uid: 1000, inode: '4711'},
      {address: '::1', port: 8082, uid: 33, inode: '4713'},
      {address: '::ffff:127.0.0.1', port: 8083, uid: 33, inode: '4714'},
    ])
  })
})

describe('control.snapshot', () => {
  test('is a timeout when the socket accepts and is silent, absent when nothing answers', async () => {
    const path = join(scene.stateDir, 'control.sock')
    expect(await facts.get(`control.snapshot:${path}`)).toMatchObject({state: 'absent'})
    const other = join(scene.stateDir, 'silent.sock')
    const server = talker()
    opened.push(server)
    await new Promise<void>(resolve => server.listen(other, resolve))
    expect(await facts.get(`control.snapshot:${other}`)).toMatchObject({
      state: 'timeout',
      why: expect.stringContaining('did not answer'),
    })
  })
})

describe('the configuration', () => {
  test('is found by discovery while nothing runs, and parsed with the variables of the shell', async () => {
    scene.config('version: "1.0"\nserver:\n  host: 0.0.0.0\n  port: 9000\n')
    expect(await facts.get('config.found')).toMatchObject({
      value: {path: scene.configPath, how: 'found in the current folder'},
    })
    expect(await facts.get(`config.parsed:${scene.configPath}`)).toMatchObject({
      value: {ok: true, listen: {host: '0.0.0.0', port: 9000}, variablesOf: 'shell'},
    })
  })

  test('that is absent says where it was looked for', async () => {
    expect(await facts.get('config.found')).toMatchObject({
      state: 'absent',
      why: expect.stringContaining(scene.configPath),
    })
  })

  test('tells the state folder even when this shell lacks its variables', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'only1mcp-state-'))
    try {
      scene.config(
        `version: "1.0"\npaths:\n  state: ${elsewhere}\nservers:\n  - id: a\n    command: x\n    env:\n      T: \${UNSET_TOKEN}\n`,
      )
      const {ONLY1MCP_STATE_DIR: _, ...env} = scene.env
      const place = {configFlag: undefined, env, cwd: scene.folder, home: scene.folder}
      const signal = new AbortController().signal
      const here = liveFacts({collectors: collectorsFor(place), host: 'here', signal})
      expect(await here.get('runtime.record')).toMatchObject({value: [{stateDir: elsewhere}]})
    } finally {
      rmSync(elsewhere, {recursive: true})
    }
  })

  test('never puts its secrets into a fact', async () => {
    scene.config('version: "1.0"\nservers:\n  - id: a\n    command: x\n    env:\n      T: hunter2-hunter2\n')
    expect(JSON.stringify(await facts.get(`config.parsed:${scene.configPath}`))).not.toContain('hunter2')
  })
})

describe('logs.recent', () => {
  const line = (agoMs: number, kind = 'BackendTimeout'): string =>
    formatErrorLine({
      at: new Date(Date.now() - agoMs).toISOString(),
      level: 'ERROR',
      module: 'only1mcp::proxy',
      requestId: 'gw1-1',
      kind,
      message: 'no answer',
      pairs: {server_id: 'github'},
    })

  test('counts what is new in error.log and in the member that was rotated last', async () => {
    const folder = join(scene.stateDir, 'log')
    writeFileSync(join(folder, 'error.log.1'), line(3_600_000) + line(60_000, 'SpawnFailed'))
    writeFileSync(join(folder, 'error.log'), line(1000) + line(500))
    const fact = await facts.get(`logs.recent:${folder}`)
    expect(fact).toMatchObject({value: {files: ['error.log', 'error.log.1'], errors: {count: 3, atLeast: false}}})
  })

  test('is known without error.log, absent without a folder, an error where error.log is a folder', async () => {
    const empty = join(scene.folder, 'empty')
    mkdirSync(empty)
    expect(await facts.get(`logs.recent:${empty}`)).toMatchObject({value: {errors: null}})
    expect(await facts.get(`logs.recent:${scene.folder}/none`)).toMatchObject({state: 'absent'})
    mkdirSync(join(empty, 'error.log'))
    const again = liveFacts({
      collectors: collectorsFor({configFlag: undefined, env: {}, cwd: '/', home: '/'}),
      host: 'here',
      signal: new AbortController().signal,
    })
    expect(await again.get(`logs.recent:${empty}`)).toMatchObject({state: 'error'})
  })

  test.skipIf(process.getuid?.() === 0)('is denied where this user may not look', async () => {
    const folder = join(scene.stateDir, 'log')
    chmodSync(folder, 0)
    expect(await facts.get(`logs.recent:${folder}`)).toMatchObject({state: 'denied'})
    chmodSync(folder, 0o700)
  })
})
