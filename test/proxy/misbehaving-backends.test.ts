import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import type {ServerSnapshot} from '../../src/control/contract/server.ts'
import {atEnd} from '../helpers/at-end.ts'
import {startHttpBackend, stdioServer} from '../helpers/backends.ts'
import {freePort} from '../helpers/free-port.ts'
import {callTool, type McpReply, postModern} from '../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const httpModes = ['stall-headers', 'stall-body', 'stall-sse', 'reset', 'redirect', 'html', 'session-lost'] as const
const listTimeoutMs = 700
const callTimeoutMs = 1_000

let runtime: StartedRuntime
/** What the good server did beside all that follows. */
const good = {calls: 0, failures: [] as string[], slowestMs: 0}

beforeAll(async () => {
  const folder = tempDir()
  mkdirSync(join(folder, 'a-folder'))
  writeFileSync(join(folder, 'not-executable'), '#!/bin/sh\n', {mode: 0o644})
  const http = await Promise.all(
    httpModes.map(async mode => ({
      id: mode,
      endpoint: (await startHttpBackend('http-misbehaves.mjs', [mode])).endpoint,
    })),
  )
  const neverAccepts = await startHttpBackend('http-misbehaves.mjs', ['never-accepts'])
  const servers: ({readonly id: string} & Record<string, unknown>)[] = [
    stdioServer('good', 'echo.mjs'),
    stdioServer('banner', 'banner.mjs'),
    stdioServer('prints', 'prints-before.mjs'),
    stdioServer('twice', 'answers-twice.mjs'),
    stdioServer('foreign', 'foreign-ids.mjs'),
    stdioServer('split', 'crlf-split.mjs'),
    stdioServer('flood', 'stderr-flood.mjs', ['16']),
    stdioServer('late', 'slow-start.mjs', ['300']),
    stdioServer('wrong', 'wrong-json.mjs'),
    stdioServer('deep', 'deep-answer.mjs'),
    stdioServer('mid-call', 'dies-mid-call.mjs'),
    stdioServer('no-stdin', 'closes-pipe.mjs', ['stdin']),
    stdioServer('no-stdout', 'closes-pipe.mjs', ['stdout']),
    stdioServer('mute', 'hangs.mjs', ['calls']),
    stdioServer('silent', 'hangs.mjs'),
    stdioServer('dies', 'dies-at-once.mjs'),
    {...stdioServer('huge', 'huge-answer.mjs'), timeout: '15s'},
    {id: 'missing', command: join(folder, 'no-such-program')},
    {id: 'folder', command: join(folder, 'a-folder')},
    {id: 'plain-file', command: join(folder, 'not-executable')},
    {id: 'nowhere', command: 'node', cwd: join(folder, 'no-such-folder')},
    {id: 'refused', endpoint: `http://127.0.0.1:${await freePort()}/mcp`},
    {id: 'never-accepts', endpoint: neverAccepts.endpoint},
    ...http,
  ]
  runtime = await startRuntime({
    servers: servers.map(server => ({timeout: `${callTimeoutMs}ms`, ...server})),
    server: {list_timeout: `${listTimeoutMs}ms`},
  })
  void keepCallingTheGoodOne()
})

async function keepCallingTheGoodOne(): Promise<void> {
  let over = false
  atEnd(() => {
    over = true
  })
  while (!over) {
    const began = performance.now()
    const reply = await callTool(runtime.url, 'good__add', {a: good.calls, b: 1}).catch(String)
    if (over) return
    good.slowestMs = Math.max(good.slowestMs, performance.now() - began)
    const text = typeof reply === 'string' ? reply : reply.message?.result?.content[0].text
    if (text !== String(good.calls + 1)) good.failures.push(typeof reply === 'string' ? reply : reply.text)
    good.calls++
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

async function serverNow(id: string): Promise<ServerSnapshot | undefined> {
  return (await new ControlClient(runtime.record.socket).snapshot()).servers.find(server => server.id === id)
}

/** The error of a call and how long it took. */
async function failingCall(tool: string): Promise<{ms: number; error: NonNullable<McpReply['message']>['error']}> {
  const began = performance.now()
  const {message} = await callTool(runtime.url, tool, {text: 'x'})
  return {ms: performance.now() - began, error: message?.error}
}

describe('tools/list', () => {
  it('answers within its timeout, with what is there, and names who is absent', async () => {
    const began = performance.now()
    const {message} = await postModern(runtime.url, 'tools/list')
    expect(performance.now() - began).toBeLessThan(listTimeoutMs + 500)
    expect(message?.result._meta['io.only1mcp/absentServers']).toEqual(
      expect.arrayContaining([
        'dies',
        'folder',
        'missing',
        'never-accepts',
        'nowhere',
        'plain-file',
        'refused',
        'silent',
      ]),
    )
    const names = message?.result.tools.map((tool: {name: string}) => tool.name)
    expect(names).toEqual(expect.arrayContaining(['good__echo', 'banner__echo', 'wrong__cut-off', 'reset__echo']))
  })

  it('costs nothing more once they have had their time', async () => {
    const began = performance.now()
    await postModern(runtime.url, 'tools/list')
    expect(performance.now() - began).toBeLessThan(300)
  })
})

describe('a server that only looks odd', () => {
  it.each(['banner', 'prints', 'twice', 'foreign', 'split', 'flood', 'late'])(
    '%s is served, each answer once',
    async id => {
      for (const text of ['one', 'two \u00e9 "three"']) {
        const {message} = await callTool(runtime.url, `${id}__echo`, {text})
        expect(message?.result).toMatchObject({content: [{type: 'text', text}]})
      }
    },
  )
})

describe('a call to a server that answers wrong', () => {
  it.each(['cut-off', 'no-version', 'both', 'neither', 'bad-utf8', 'error-text'])(
    'with %s ends at once, and the backend is blamed',
    async tool => {
      const {ms, error} = await failingCall(`wrong__${tool}`)
      expect(error).toMatchObject({
        code: -32_000,
        data: {cause: 'MalformedAnswer', blame: 'backend-logic', serverId: 'wrong', delivered: 'unknown'},
      })
      expect(error?.data.evidence).not.toBe('')
      expect(ms).toBeLessThan(callTimeoutMs)
    },
  )

  it('in a batch, as 2025-03-26 allows it, gets the answer in it', async () => {
    expect((await callTool(runtime.url, 'wrong__array', {text: 'x'})).message?.result).toBeDefined()
  })

  it('with a number, which names no call, ends with the timeout', async () => {
    const {ms, error} = await failingCall('wrong__number')
    expect(error).toMatchObject({code: -32_001, data: {cause: 'BackendTimeout', blame: 'backend-logic'}})
    expect(ms).toBeLessThan(callTimeoutMs + 500)
  })

  it('20,000 levels deep gets the answer byte for byte, or an error', async () => {
    const {status, text} = await callTool(runtime.url, 'deep__echo', {text: 'x'})
    expect(status).toBe(200)
    const passed = text.includes('"nested":'.concat('['.repeat(20_000), ']'.repeat(20_000)))
    if (!passed) expect(text).toMatch(/"error":.*too.deep.*MalformedAnswer/)
  })

  it('of 100 MB gets an error that says the limit, and the server goes on', async () => {
    const {error} = await failingCall('huge__echo')
    expect(error).toMatchObject({
      code: -32_000,
      message: 'the answer is larger than 67108864 bytes',
      data: {cause: 'AnswerTooLarge', blame: 'backend-logic', serverId: 'huge'},
    })
    expect(await serverNow('huge')).toMatchObject({status: 'up', restarts: 0})
  })
})

describe('a call to a server that dies', () => {
  it('in the middle of it ends at once with what it said last; the next call has a fresh process', async () => {
    for (const restarts of [1, 2]) {
      // The second call waits for the process that is being started.
      const {ms, error} = await failingCall('mid-call__echo')
      expect(error).toMatchObject({
        code: -32_005,
        message: 'the server process exited with status 7: it is not known whether the call was carried out',
        data: {
          cause: 'BackendExited',
          blame: 'backend-process',
          delivered: 'unknown',
          evidence: expect.stringContaining('panic: lost the connection to the upstream'),
        },
      })
      expect(ms).toBeLessThan(restarts === 1 ? 500 : callTimeoutMs + 500)
      await vi.waitFor(async () => expect(await serverNow('mid-call')).toMatchObject({status: 'up', restarts}), 5_000)
    }
  })

  it.each(['stdin', 'stdout'])(
    'to all calls, with its %s closed, ends, and a fresh process takes its place',
    async pipe => {
      const id = `no-${pipe}`
      const {error} = await failingCall(`${id}__echo`)
      expect(error).toMatchObject({data: {blame: expect.stringMatching(/^backend-/), delivered: 'unknown'}})
      // What is said to a child that does not listen shows that it does not.
      if (pipe === 'stdin') await failingCall(`${id}__echo`)
      await vi.waitFor(async () => expect(await serverNow(id)).toMatchObject({status: 'up', restarts: 1}), 5_000)
      expect((await serverNow(id))?.lastError?.message).toContain(`closed its ${pipe} and went on`)
    },
  )

  it('at its start says so at once, with what it said', async () => {
    const {ms, error} = await failingCall('dies__echo')
    expect(error).toMatchObject({code: -32_002, data: {cause: 'NoBackend', blame: 'backend-process', delivered: 'no'}})
    expect(error?.message).toMatch(/^No backend available: dies is .*exited with status 3 .*EXAMPLE_TOKEN is not set/)
    expect(ms).toBeLessThan(listTimeoutMs + 300)
  })
})

describe('a call to a server that says nothing', () => {
  it.each(['mute', 'stall-headers', 'stall-body', 'stall-sse'])('%s ends with its timeout', async id => {
    const {ms, error} = await failingCall(`${id}__echo`)
    expect(error).toMatchObject({
      code: -32_001,
      message: 'no answer to tools/call within 1000 ms',
      data: {cause: 'BackendTimeout', blame: 'backend-logic', serverId: id, delivered: 'unknown'},
    })
    expect(ms).toBeGreaterThan(callTimeoutMs - 20)
    expect(ms).toBeLessThan(callTimeoutMs + 500)
  })

  it.each(['silent', 'never-accepts'])('%s, from the start, is told at once', async id => {
    const {ms, error} = await failingCall(`${id}__echo`)
    expect(error).toMatchObject({code: -32_002, data: {delivered: 'no'}})
    expect(error?.message).toContain(`No backend available: ${id} is `)
    expect(ms).toBeLessThan(listTimeoutMs + 300)
  })
})

describe('a call over HTTP', () => {
  it.each([
    ['reset', 'TransportFailed', 'transport', /connection was (reset|closed)/],
    ['redirect', 'HttpStatus', 'backend-logic', /redirects \(HTTP 307\)/],
    ['html', 'NotMcp', 'backend-logic', /answered text\/html/],
  ])('to a server of the kind %s is a %s and blames the %s', async (id, cause, blame, message) => {
    const {ms, error} = await failingCall(`${id}__echo`)
    expect(error).toMatchObject({message: expect.stringMatching(message), data: {cause, blame, serverId: id}})
    expect(ms).toBeLessThan(500)
  })

  it('to a server that forgot our session does not run twice, and the next one works', async () => {
    const {error} = await failingCall('session-lost__echo')
    expect(error === undefined || error.data.cause === 'SessionLost').toBe(true)
    await vi.waitFor(
      async () => {
        const {message} = await callTool(runtime.url, 'session-lost__echo', {text: 'again'})
        expect(message?.result).toMatchObject({content: [{text: 'again'}]})
      },
      {timeout: 5_000, interval: 100},
    )
  })
})

describe('a server that cannot be started or reached', () => {
  it.each([
    ['missing', 'proxy', /cannot start \S+no-such-program: no such file/],
    ['folder', 'proxy', /cannot start \S+a-folder: it is a folder, not a program/],
    ['plain-file', 'proxy', /cannot start \S+not-executable: it is not executable for this user/],
    ['nowhere', 'proxy', /cannot start node: its cwd \S+no-such-folder is not an existing folder/],
    ['refused', 'transport', /http:\/\/127\.0\.0\.1:\d+: connection refused: nothing listens there/],
  ])('%s says why, and blames the %s', async (id, blame, why) => {
    const {error} = await failingCall(`${id}__echo`)
    expect(error).toMatchObject({code: -32_002, message: expect.stringMatching(why), data: {blame, delivered: 'no'}})
    expect(await serverNow(id)).toMatchObject({lastError: {blame, message: expect.stringMatching(why)}})
  })
})

describe('beside all of them', () => {
  it('the crash loop is seen', async () => {
    // Six ends: half a second, doubled each time, lies between them.
    await vi.waitFor(async () => expect(await serverNow('dies')).toMatchObject({status: 'crash_loop'}), {
      timeout: 25_000,
      interval: 250,
    })
    expect((await serverNow('dies'))?.nextStartAt).toMatch(/Z$/)
  }, 30_000)

  it('the good server answered every call, at once', () => {
    expect(good.failures).toEqual([])
    expect(good.calls).toBeGreaterThan(100)
    expect(good.slowestMs).toBeLessThan(1_500)
  })

  it('every request ended once', async () => {
    await vi.waitFor(async () => {
      const page = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
      const value = (name: string): number => Number(new RegExp(`^only1mcp_${name} (\\d+)$`, 'm').exec(page)?.[1])
      // The call to the good one that is just being made.
      expect(value('requests_opened_total') - value('requests_closed_total')).toBeLessThanOrEqual(1)
    })
    const ids = (runtime.logs()['access.log'] ?? '').match(/request_id=\S+/g) ?? []
    expect(new Set(ids).size).toBe(ids.length)
    expect(runtime.logs()['error.log']).not.toContain('PANIC')
  })
})
