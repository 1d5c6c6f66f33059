/** What is asked in each cell of the era matrix. A probe returns, or throws an Error that names what was wrong. */
import {randomUUID} from 'node:crypto'
import {setTimeout as delay} from 'node:timers/promises'
import {isDeepStrictEqual} from 'node:util'
import type {LegacyClient} from './wire/legacy-client.ts'
import type {Params, RpcMessage, WireClient} from './wire/wire-client.ts'

export interface ProbeContext {
  readonly client: WireClient
  /** Put before the tool names of the fixture; empty for a prefix-free server. */
  readonly prefix: string
}

export interface Probe {
  readonly id: 'list' | 'call' | 'cancel' | 'progress' | 'list-changed' | 'batch'
  /** Not asked of other revisions. */
  readonly only?: string
  run(context: ProbeContext): Promise<void>
}

const WAIT_MS = 30_000
const NOTICE_MS = 5_000
const isModern = (client: WireClient) => client.revision === '2026-07-28'

function resultOf(message: RpcMessage): Params {
  if (message.error) throw new Error(`error ${message.error.code}: ${message.error.message}`)
  if (message.result === undefined) throw new Error('neither result nor error')
  return message.result
}

function mustEqual(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new Error(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)
}

/** The fields that only one era has, on any result. */
function checkEra(client: WireClient, result: Params): void {
  mustEqual(result.resultType, isModern(client) ? 'complete' : undefined, 'resultType')
}

async function listTools({client}: ProbeContext): Promise<string[]> {
  const names: string[] = []
  let cursor: unknown
  do {
    const result = resultOf(await client.call('tools/list', cursor === undefined ? {} : {cursor}).answer)
    checkEra(client, result)
    const ttl = result.ttlMs
    if (isModern(client) && !(Number.isInteger(ttl) && (ttl as number) >= 0)) throw new Error(`ttlMs is ${ttl}`)
    if (isModern(client) && !['public', 'private'].includes(String(result.cacheScope))) {
      throw new Error(`cacheScope is ${String(result.cacheScope)}`)
    }
    for (const tool of result.tools as {name: string}[]) names.push(tool.name)
    cursor = result.nextCursor
  } while (cursor !== undefined)
  return names
}

/** The JSON that a probe tool of the fixture puts in its text block. */
function probeValue(client: WireClient, message: RpcMessage): Params {
  const result = resultOf(message)
  checkEra(client, result)
  const [block] = result.content as {text: string}[]
  if (result.isError === true || block === undefined) throw new Error(`tool error: ${block?.text}`)
  return JSON.parse(block.text)
}

async function list(context: ProbeContext): Promise<void> {
  const first = await listTools(context)
  for (const name of ['probe_echo', 'test_simple_text', 'test_x_mcp_header']) {
    if (!first.includes(context.prefix + name)) throw new Error(`${context.prefix}${name} is not listed`)
  }
  mustEqual(await listTools(context), first, 'the second list')
}

async function call({client, prefix}: ProbeContext): Promise<void> {
  const ids = ['a "quoted" id/é', 9_007_199_254_740_991, 0]
  const calls = ids.map(async id => {
    const nonce = randomUUID()
    const params = {name: `${prefix}probe_echo`, arguments: {nonce}}
    const answer = await client.call('tools/call', params, {id}).answer
    mustEqual(probeValue(client, answer).nonce, nonce, `the nonce of ${id}`)
  })
  await Promise.all(calls)
  const unknown = await client.call('tools/call', {name: `${prefix}no_such_tool`, arguments: {}}).answer
  mustEqual(unknown.error?.code, -32602, 'the error code of an unknown tool')
}

/** A cancelled call must end at the backend, which the fixture can tell. */
async function cancel({client, prefix}: ProbeContext): Promise<void> {
  const nonce = randomUUID()
  const outcome = async () => {
    const params = {name: `${prefix}probe_outcome`, arguments: {nonce}}
    return probeValue(client, await client.call('tools/call', params).answer).outcome
  }
  const becomes = async (expected: string) => {
    const deadline = performance.now() + NOTICE_MS
    let last = await outcome()
    while (last !== expected && performance.now() < deadline) {
      await delay(25)
      last = await outcome()
    }
    mustEqual(last, expected, 'the call at the backend')
  }
  const waiting = client.call('tools/call', {name: `${prefix}probe_wait`, arguments: {nonce, ms: WAIT_MS}})
  waiting.answer.catch(() => {}) // cancelled on purpose
  await becomes('waiting')
  await waiting.cancel()
  await becomes('cancelled')
}

async function progress({client, prefix}: ProbeContext): Promise<void> {
  const run = async (progressToken: string | number) => {
    const seen: Params[] = []
    const nonce = randomUUID()
    const params = {name: `${prefix}probe_progress`, arguments: {nonce}}
    const onNotification = ({method, params = {}}: RpcMessage) => {
      if (method === 'notifications/progress') seen.push(params)
    }
    const answer = await client.call('tools/call', params, {progressToken, onNotification}).answer
    mustEqual(probeValue(client, answer).nonce, nonce, 'the nonce')
    const expected = [25, 50, 75, 100].map(value => [progressToken, value, 100])
    mustEqual(
      seen.map(one => [one.progressToken, one.progress, one.total]),
      expected,
      'the progress',
    )
  }
  await Promise.all([run('token-a'), run(7), run('7')])
}

async function listChanged(context: ProbeContext): Promise<void> {
  const {client, prefix} = context
  const optional = `${prefix}test_optional_tool`
  const before = (await listTools(context)).includes(optional)
  const watch = await client.watchTools()
  try {
    for (const expected of [!before, before]) {
      probeText(await client.call('tools/call', {name: `${prefix}test_trigger_tool_change`, arguments: {}}).answer)
      await watch.next('notifications/tools/list_changed', NOTICE_MS)
      mustEqual((await listTools(context)).includes(optional), expected, `${optional} in the list after the notice`)
    }
  } finally {
    watch.close()
  }
}

const probeText = (message: RpcMessage) => {
  const result = resultOf(message)
  if (result.isError === true) throw new Error(`tool error: ${JSON.stringify(result.content)}`)
}

async function batch({client}: ProbeContext): Promise<void> {
  const answers = await (client as LegacyClient).batch([
    {jsonrpc: '2.0', id: 'one', method: 'ping'},
    {jsonrpc: '2.0', id: 'two', method: 'tools/list'},
  ])
  mustEqual(answers.map(({id}) => id).sort(), ['one', 'two'], 'the ids of the answers')
  for (const answer of answers) resultOf(answer)
}

export const probes: readonly Probe[] = [
  {id: 'list', run: list},
  {id: 'call', run: call},
  {id: 'cancel', run: cancel},
  {id: 'progress', run: progress},
  {id: 'list-changed', run: listChanged},
  {id: 'batch', only: '2025-03-26', run: batch},
]
