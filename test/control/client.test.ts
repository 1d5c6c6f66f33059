import {chmodSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import type {ControlEvent} from '../../src/control/contract/events.ts'
import {asUser, needsUser} from '../helpers/as-user.ts'
import {atEnd} from '../helpers/at-end.ts'
import {launcher} from '../helpers/cli.ts'
import {postMcp} from '../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'
import {scriptedSocket, silentSocket} from './scripted-socket.ts'

describe('a control socket that is not what it should be', () => {
  it.each([
    [
      'nothing is there',
      async () => join(tempDir(), 'nothing.sock'),
      'CONTROL_UNREACHABLE',
      /nothing answers .*ENOENT/,
    ],
    ['a file is there', async () => plainFile(), 'CONTROL_UNREACHABLE', /nothing answers .*ECONNREFUSED/],
    [
      'it answers something else',
      () => scriptedSocket((_request, response) => void response.end('hello')),
      'CONTROL_CONTRACT',
      /is no snapshot/,
    ],
    [
      'it answers 500',
      () => scriptedSocket((_request, response) => void response.writeHead(500).end()),
      'CONTROL_REFUSED',
      /answered 500 to GET \/v1\/snapshot/,
    ],
    [
      'it speaks another major version',
      () => scriptedSocket((_request, response) => void response.end('{"contract":"2.0","other":"shape"}')),
      'CONTROL_CONTRACT',
      /speaks control contract 2\.0, this program speaks 1/,
    ],
  ])('is told apart: %s', async (_what, path, code, message) => {
    const client = new ControlClient(await path())
    await expect(client.snapshot()).rejects.toMatchObject({
      name: 'AppError',
      code,
      exitCode: 3,
      message: expect.stringMatching(message),
    })
  })

  it('and silent ends with its deadline, for every call', async () => {
    const client = new ControlClient(await silentSocket())
    const began = performance.now()
    const timedOut = {code: 'CONTROL_TIMEOUT', exitCode: 4, message: expect.stringContaining('within 200 ms')}
    await expect(client.snapshot(undefined, 200)).rejects.toMatchObject(timedOut)
    await expect(client.action('stop', undefined, 200)).rejects.toMatchObject(timedOut)
    expect(performance.now() - began).toBeLessThan(1_500)
  })

  it('and stalled in the middle of its answer ends too', async () => {
    const client = new ControlClient(await scriptedSocket((_request, response) => void response.write('{"contract"')))
    const began = performance.now()
    await expect(client.snapshot()).rejects.toThrow(/stalled/)
    expect(performance.now() - began).toBeLessThan(6_000)
  })

  it('of another user is a question of permission, never "not running"', async () => {
    needsUser()
    const runtime = await startRuntime()
    chmodSync(runtime.configPath, 0o644)
    const {code, stderr} = await asUser('nobody', launcher, ['status'], {env: runtime.env})
    expect(code).toBe(3)
    expect(stderr).toMatch(/no permission/)
    expect(stderr).not.toMatch(/no runtime is running/)
  })
})

describe('events', () => {
  it('of a type or shape that this version does not know are passed over', async () => {
    const base = {seq: 1, at: '2026-01-01T00:00:00.000Z', instance: 'i'}
    const path = await scriptedSocket((_request, response) => {
      response.write(`${JSON.stringify({...base, type: 'from-the-future', x: 1})}\nnot json\n\n{"type":"request"}\n`)
      const heartbeat = `${JSON.stringify({...base, type: 'heartbeat', more: true})}\n`
      response.write(heartbeat.slice(0, 20))
      setTimeout(() => response.end(heartbeat.slice(20)), 20)
    })
    const events: ControlEvent[] = []
    for await (const event of new ControlClient(path).events(0, new AbortController().signal)) events.push(event)
    expect(events.map(({type}) => type)).toEqual(['heartbeat'])
  })

  it('without an end of line are not kept for ever', async () => {
    const path = await scriptedSocket((_request, response) => void response.end('x'.repeat(5 * 1024 * 1024)))
    const reading = new ControlClient(path).events(0, new AbortController().signal).next()
    await expect(reading).rejects.toMatchObject({code: 'CONTROL_CONTRACT'})
  })
})

describe('a running runtime', () => {
  let runtime: StartedRuntime
  let client: ControlClient
  beforeAll(async () => {
    runtime = await startRuntime()
    client = new ControlClient(runtime.record.socket)
  })
  const ping = (id: number): Promise<unknown> => postMcp(runtime.url, {jsonrpc: '2.0', id, method: 'ping'})

  it('tells each event once, in order, from where the reader was, and a heartbeat a second', async () => {
    const {seq, instance} = await client.snapshot()
    await ping(1)
    const end = new AbortController()
    atEnd(() => end.abort())
    const events: ControlEvent[] = []
    const reading = collect(client.events(seq, end.signal), events)
    await ping(2)
    await vi.waitFor(() => {
      expect(events.filter(({type}) => type === 'request')).toHaveLength(2)
      expect(events.filter(({type}) => type === 'heartbeat').length).toBeGreaterThan(0)
    }, 3_000)
    const numbered = events.filter(({type}) => type !== 'heartbeat')
    expect(numbered.map(event => event.seq)).toEqual(numbered.map((_, index) => seq + 1 + index))
    expect(new Set(events.map(event => event.instance))).toEqual(new Set([instance]))
    end.abort()
    await reading
  })

  it('asks a reader to take a new snapshot where its events are no longer kept, or never were', async () => {
    for (let i = 0; i < 2100; i += 70) await Promise.all(Array.from({length: 70}, (_, id) => ping(id)))
    const {seq} = await client.snapshot()
    for (const since of [0, seq + 1000]) {
      const end = new AbortController()
      for await (const event of client.events(since, end.signal)) {
        expect({since, type: event.type, seq: event.seq}).toEqual({since, type: 'resync', seq})
        break
      }
      end.abort()
    }
  })

  it('knows no other path or action, and runs an action only when asked to', async () => {
    await expect(client.action('no-such')).rejects.toMatchObject({code: 'CONTROL_REFUSED'})
    await expect(client.action('../v1/snapshot')).rejects.toMatchObject({code: 'CONTROL_REFUSED'})
    expect((await client.snapshot()).state).toBe('running')
  })
})

async function collect(source: AsyncIterable<ControlEvent>, into: ControlEvent[]): Promise<void> {
  try {
    for await (const event of source) into.push(event)
  } catch {
    // aborted, as the test wants it
  }
}

function plainFile(): string {
  const path = join(tempDir(), 'plain')
  writeFileSync(path, '')
  return path
}
