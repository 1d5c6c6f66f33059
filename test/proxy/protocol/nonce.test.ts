import {randomUUID} from 'node:crypto'
import {Agent, request} from 'node:http'
import {describe, expect, test, vi} from 'vitest'
import {ControlClient} from '../../../src/control/client.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {backendPath, stdioServer} from '../../helpers/backends.ts'
import {spawnProgram} from '../../helpers/program.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'

const clients = 200
const metaPrefix = 'io.modelcontextprotocol'
const agent = new Agent({keepAlive: true, maxSockets: clients})

interface Outcome {
  readonly own: boolean
  /** Of an error answer. */
  readonly blame: unknown
  /** Messages that are neither the answer to this call nor progress of it. */
  readonly foreign: readonly unknown[]
}

/** One call with the id and the progress token that every other client uses, too. */
async function callOnce(url: string, tool: string): Promise<Outcome> {
  const nonce = randomUUID()
  const meta = {
    [`${metaPrefix}/protocolVersion`]: '2026-07-28',
    [`${metaPrefix}/clientInfo`]: {name: 'twin', version: '1'},
    [`${metaPrefix}/clientCapabilities`]: {},
    progressToken: 'token',
  }
  const params = {name: tool, arguments: {nonce}, _meta: meta}
  const text = await post(url, tool, JSON.stringify({jsonrpc: '2.0', id: 7, method: 'tools/call', params}))
  const lines = text.startsWith('{') ? [text] : [...text.matchAll(/^data: (.*)$/gm)].map(match => match[1] ?? '')
  const messages = lines.map(line => JSON.parse(line))
  const [answer, ...more] = messages.filter(({id}) => id === 7)
  const progress = messages.filter(({method}) => method === 'notifications/progress')
  const wrong = progress.filter(({params}) => params.progressToken !== 'token' || params.message !== nonce)
  const unknown = messages.filter(message => message !== answer && !progress.includes(message))
  return {
    own: answer?.result?.content[0].text === nonce,
    blame: answer?.error?.data?.blame,
    foreign: [...more, ...wrong, ...unknown, ...(answer === undefined ? ['no answer'] : [])],
  }
}

function post(url: string, name: string, body: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
  }
  return new Promise((resolve, reject) => {
    request(`${url}/mcp`, {method: 'POST', agent, headers}, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text)).on('error', reject)
    })
      .on('error', reject)
      .end(body)
  })
}

/** All clients call one after the other what `more` allows, at the same time. */
async function storm(url: string, tool: string, more: (made: number) => boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let made = 0
  const client = async (): Promise<void> => {
    while (more(made)) {
      made++
      outcomes.push(await callOnce(url, tool))
    }
  }
  await Promise.all(Array.from({length: clients}, client))
  return outcomes
}

async function expectAllEnded({metricsUrl}: StartedRuntime, atLeast: number): Promise<void> {
  await vi.waitFor(async () => {
    const text = await (await fetch(`${metricsUrl}/metrics`)).text()
    const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
    const opened = value('only1mcp_requests_opened_total')
    expect(opened).toBeGreaterThanOrEqual(atLeast)
    expect(value('only1mcp_requests_closed_total')).toBe(opened)
    expect(value('only1mcp_active_requests')).toBe(0)
  })
}

describe('two hundred clients with equal ids and equal progress tokens', () => {
  test.each(['stdio', 'http'])('each get their own answers of one %s backend', {timeout: 60_000}, async transport => {
    atEnd(() => agent.destroy())
    let server: object = stdioServer('b', 'nonce.mjs')
    if (transport === 'http') {
      const backend = spawnProgram(process.execPath, [backendPath('nonce.mjs'), 'http'])
      const [, port] = await backend.untilOutput(/^listening (\d+)$/m)
      server = {id: 'b', endpoint: `http://127.0.0.1:${port}/mcp`}
    }
    const runtime = await startRuntime({servers: [server]})
    const calls = 4_000
    const outcomes = await storm(runtime.url, 'b__whoami', made => made < calls)
    expect(outcomes).toHaveLength(calls)
    expect(outcomes.filter(({own, foreign}) => !own || foreign.length > 0)).toEqual([])
    await expectAllEnded(runtime, calls)
  })

  test('get their own answer or an error with blame, while the child is killed again and again', {
    timeout: 60_000,
  }, async () => {
    const runtime = await startRuntime({servers: [stdioServer('b', 'nonce.mjs')]})
    const control = new ControlClient(runtime.record.socket)
    let kills = 0
    const killer = setInterval(async () => {
      const [server] = (await control.snapshot()).servers
      if (server?.status !== 'up' || server.pid === null) return
      process.kill(server.pid, 'SIGKILL')
      kills++
    }, 500)
    atEnd(() => clearInterval(killer))
    const until = performance.now() + 8_000
    const outcomes = await storm(runtime.url, 'b__whoami', () => performance.now() < until)
    clearInterval(killer)
    expect(kills).toBeGreaterThan(2)
    expect(outcomes.filter(({foreign}) => foreign.length > 0)).toEqual([])
    const failed = outcomes.filter(({own}) => !own)
    expect(failed.length).toBeGreaterThan(0)
    expect(outcomes.length - failed.length).toBeGreaterThan(300)
    expect(new Set(failed.map(({blame}) => blame))).toEqual(new Set(['backend-process']))
    await expectAllEnded(runtime, outcomes.length)
  })
})
