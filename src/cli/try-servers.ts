import {randomBytes} from 'node:crypto'
import type {Config} from '../config/schema.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendConnection} from '../mcp/connection.ts'
import {envelopeMeta} from '../mcp/handshake.ts'
import {defaultPool} from '../mcp/http-client.ts'
import {startReaper} from '../mcp/reaper.ts'
import {BackendOpener} from '../proxy/backend-opener.ts'
import {systemClock} from '../shared/clock.ts'
import {messageOf} from '../shared/errors.ts'
import type {Looked} from './resolve-files.ts'

const identity = {info: {name: 'only1mcp-validate', version: '1'}, capabilities: {}}
const deadlineMs = 20_000
/** Each is a process or a connection: not all of a thousand at a time. */
const atOnce = 8

/** Starts or connects each enabled server once, asks for its tools and ends it again. */
export async function tryServers(config: Config, stateDir: string): Promise<Looked[]> {
  const instance = `validate-${randomBytes(6).toString('hex')}`
  const reaper = startReaper(instance, () => {})
  const looked: Looked[] = []
  const waiting = [...config.servers.entries()].filter(([, {enabled}]) => enabled)
  let starts = 0
  const environment = {
    instance,
    clock: systemClock,
    identity,
    reaper,
    nextStart: () => ++starts,
    pool: defaultPool,
    stateDir,
    learnSecret: () => {},
    onlyRequestAt: () => null,
  }
  try {
    await Promise.all(
      Array.from({length: atOnce}, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const [index, server] = next
          if (server.command === undefined && server.endpoint === undefined) continue
          const path = ['servers', index, server.command === undefined ? 'endpoint' : 'command']
          looked.push({path, ...(await tryOne(server, environment))})
        }
      }),
    )
  } finally {
    reaper.dismiss()
  }
  return looked.sort((a, b) => Number(a.path[1]) - Number(b.path[1]))
}

type Environment = ConstructorParameters<typeof BackendOpener>[0]['environment']

async function tryOne(server: Config['servers'][number], environment: Environment): Promise<Omit<Looked, 'path'>> {
  const what = `connection of ${server.id}`
  const opener = new BackendOpener({config: server, environment, target: server.id, log: () => {}})
  let connection: BackendConnection | undefined
  const startedAt = performance.now()
  try {
    const events = {onRequest: refuse, onNotification: () => {}}
    connection = await withDeadline(opener.open(identity, events))
    const {info} = connection
    const params = info.era === 'modern' ? {_meta: envelopeMeta(identity)} : {}
    const answer = Object.hasOwn(info.capabilities, 'tools')
      ? await connection.call({
          method: 'tools/list',
          params: Buffer.from(JSON.stringify(params)),
          timeoutMs: deadlineMs,
        })
      : undefined
    const tools =
      answer?.kind === 'result' ? (JSON.parse(answer.value.toString()) as {tools?: unknown[]}).tools?.length : 0
    return {
      what: `${what}: MCP ${info.protocolVersion}, ${tools ?? 0} tools, ${Math.round(performance.now() - startedAt)} ms`,
    }
  } catch (error) {
    const evidence = error instanceof CallFailure && error.evidence !== undefined ? ` (${error.evidence})` : ''
    const message = `the server ${server.id} cannot be used: ${messageOf(error)}${evidence}`
    return {what, fault: {code: 'server.unreachable', message}}
  } finally {
    opener.stop()
    await connection?.close(1000)
  }
}

const refuse = async () => ({kind: 'error', value: Buffer.from('{"code":-32601,"message":"not here"}')}) as const

async function withDeadline(opening: Promise<BackendConnection>): Promise<BackendConnection> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs / 1000} s`)), deadlineMs)
  })
  try {
    return await Promise.race([opening, late])
  } catch (error) {
    // What opens after all is ended again.
    opening.then(
      connection => connection.close(0),
      () => {},
    )
    throw error
  } finally {
    clearTimeout(timer)
  }
}
