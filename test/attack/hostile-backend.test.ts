import {describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import type {ControlEvent} from '../../src/control/contract/events.ts'
import {stdioServer} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {post} from './post.ts'

const canary = 'CANARY-4f1d9a'
/** C0 but newline, C1, bidi, invisible and tag characters. */
const unfit =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e0fff}]/u

const call = (name: string) => ({jsonrpc: '2.0', id: 1, method: 'tools/call', params: {name}})

async function attacked(): Promise<StartedRuntime> {
  const hostile = stdioServer('hostile', 'hostile.mjs', [`--api-key=${canary}-argument`, '--password', 'pw7short'])
  const runtime = await startRuntime({
    servers: [
      {...hostile, env: {HOSTILE_TOKEN: `${canary}-environment`}},
      {
        id: 'remote',
        endpoint: `http://user:${canary}-password@127.0.0.1:9/mcp?api_key=${canary}-query&page=1#${canary}`,
        headers: {Authorization: `Bearer ${canary}-header`},
      },
    ],
  })
  await post(runtime.url, call('hostile__ok'))
  await post(runtime.url, call('hostile__constructor'))
  return runtime
}

describe('a hostile backend', () => {
  it('gets no control character, forged line or known secret into any output', async () => {
    const runtime = await attacked()
    const {env, record, metricsUrl} = runtime
    await vi.waitFor(() => expect(runtime.logs()['error.log']).toContain('BackendExited'))
    const commands = [
      ['health', 'status'],
      ['health', 'status', '--json'],
      ['server', 'list'],
      ['server', 'list', '--json'],
      ['tui', '--once'],
      ['doctor', '--quick'],
    ]
    const outputs = await Promise.all(
      commands.map(async args => [args.join(' '), (await runCli(args, {env})).stdout] as const),
    )
    const metrics = metricsUrl === null ? '' : await (await fetch(`${metricsUrl}/metrics`)).text()
    for (const [name, text] of [...outputs, ['metrics', metrics] as const, ...Object.entries(runtime.logs())]) {
      expect(text.match(unfit)?.[0], name).toBeUndefined()
      expect(text.includes(canary), `${name} holds a secret:\n${text.slice(0, 3000)}`).toBe(false)
      expect(text.includes('pw7short'), name).toBe(false)
    }
    for (const text of Object.values(runtime.logs()))
      for (const line of text.split('\n').filter(each => each !== ''))
        expect(line).toMatch(/^20\d\d-\S+Z (DEBUG|INFO|WARN|ERROR) only1mcp::(?!fake)/)

    const snapshot = JSON.stringify(await new ControlClient(record.socket).snapshot())
    expect(snapshot).not.toContain(canary)
    expect(snapshot.length).toBeLessThan(50_000)
  })
})

describe('a client that writes megabytes', () => {
  it('finds only their beginning kept in the events', async () => {
    const runtime = await startRuntime()
    const big = 'M'.repeat(3 << 20)
    await post(runtime.url, {jsonrpc: '2.0', id: 1, method: big})
    await post(runtime.url, call(big))
    const client = new ControlClient(runtime.record.socket)
    const controller = new AbortController()
    const seen: ControlEvent[] = []
    for await (const event of client.events(0, controller.signal)) {
      seen.push(event)
      if (seen.filter(({type}) => type === 'request').length >= 2 && event.type === 'heartbeat') break
    }
    controller.abort()
    expect(JSON.stringify(seen).length).toBeLessThan(50_000)
  })

  it('that asks for ever and reads no answer gets no more of them than memory can bear', async () => {
    const runtime = await startRuntime({
      servers: [stdioServer('asking', 'asks-for-ever.mjs'), stdioServer('e', 'echo.mjs')],
    })
    await vi.waitFor(() => expect(runtime.logs()['error.log']).toContain('StdinUnread'), 15_000)
    expect((await post(runtime.url, call('e__env'))).status).toBe(200)
  })
})
