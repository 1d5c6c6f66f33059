import type {BackendConnection} from '../../mcp/connection.ts'
import {type ClientIdentity, envelopeParams, parseObject} from '../../mcp/handshake.ts'
import {messageOf} from '../../shared/errors.ts'
import type {ProbeResult} from '../facts/backends.ts'

/** What was seen of the server on one way. */
export interface Looked extends Omit<ProbeResult, 'tools' | 'toolBytes'> {
  readonly capabilities: readonly string[]
  readonly lists: Readonly<Record<ListName, ListLook | null>>
  /** Round trips in milliseconds, in the order in which they were made. */
  readonly pings: readonly number[]
  readonly pingFault: string | null
  readonly calls: CallLook | null
}

export const listNames = ['tools', 'prompts', 'resources', 'templates'] as const
export type ListName = (typeof listNames)[number]

const lists = {
  tools: {method: 'tools/list', field: 'tools', key: 'name', capability: 'tools'},
  prompts: {method: 'prompts/list', field: 'prompts', key: 'name', capability: 'prompts'},
  resources: {method: 'resources/list', field: 'resources', key: 'uri', capability: 'resources'},
  templates: {
    method: 'resources/templates/list',
    field: 'resourceTemplates',
    key: 'uriTemplate',
    capability: 'resources',
  },
} as const

/** One list, all pages. null stands for one that the server does not offer. */
export interface ListLook {
  readonly entries: readonly ListedThing[]
  readonly ms: number
  readonly fault: string | null
}

export interface ListedThing {
  readonly key: string
  /** As it came. */
  readonly definition: unknown
}

/** Calls of the tool that the operator named. */
export interface CallLook {
  readonly name: string
  readonly ms: readonly number[]
  /** What the last one answered, where that was an error. */
  readonly fault: string | null
}

export interface LookOptions {
  readonly identity: ClientIdentity
  /** For all of it together. */
  readonly leftMs: number
  readonly rounds: number
  /** A tool to call, and how it is named on this way. */
  readonly call?: {readonly name: string; readonly args: Readonly<Record<string, unknown>>} | undefined
}

export type Around = Pick<Looked, 'capabilities' | 'lists' | 'pings' | 'pingFault' | 'calls'>

/** Of what does nothing; the middle one counts. */
export const rounds = 9
const mostPages = 1000
const callRounds = 3

/** Asks an open connection for all that can be asked without changing anything. Never rejects. */
export async function lookAround(connection: BackendConnection, options: LookOptions): Promise<Around> {
  const {info} = connection
  const modern = info.era === 'modern'
  const endAt = performance.now() + options.leftMs
  const params = (extra: Readonly<Record<string, unknown>>): Buffer =>
    modern ? envelopeParams(options.identity, extra) : Buffer.from(JSON.stringify(extra))
  const ask = async (method: string, extra: Readonly<Record<string, unknown>>, name?: string) => {
    const leftMs = endAt - performance.now()
    if (leftMs <= 0) throw new Error('no time was left')
    return connection.call({method, params: params(extra), timeoutMs: leftMs, ...(name !== undefined && {name})})
  }

  async function list(name: ListName): Promise<ListLook | null> {
    const {method, field, key, capability} = lists[name]
    if (info.capabilities[capability] === undefined) return null
    const started = performance.now()
    const entries: ListedThing[] = []
    const done = (fault: string | null): ListLook => ({entries, ms: performance.now() - started, fault})
    try {
      let cursor: unknown
      for (let page = 0; page < mostPages; page++) {
        const answer = await ask(method, typeof cursor === 'string' ? {cursor} : {})
        const value = parseObject(answer.value)
        // Templates are younger than resources: a server may have one and not the other.
        if (answer.kind === 'error' && name === 'templates') return null
        const all = value?.[field]
        if (answer.kind === 'error' || !Array.isArray(all)) return done(answer.value.toString('utf8', 0, 200))
        for (const each of all as unknown[]) entries.push({key: keyOf(each, key), definition: each})
        cursor = value?.nextCursor
        if (typeof cursor !== 'string') return done(null)
      }
      return done(`it has more than ${mostPages} pages`)
    } catch (error) {
      return done(messageOf(error))
    }
  }

  async function timed(rounds: number, once: () => Promise<string | null>) {
    const ms: number[] = []
    try {
      for (let round = 0; round < rounds; round++) {
        const started = performance.now()
        const fault = await once()
        ms.push(performance.now() - started)
        if (fault !== null) return {ms, fault}
      }
      return {ms, fault: null}
    } catch (error) {
      return {ms, fault: messageOf(error)}
    }
  }

  const seen: Partial<Record<ListName, ListLook | null>> = {}
  for (const name of listNames) seen[name] = await list(name)
  // The modern era has no ping.
  const pinged = await timed(options.rounds + 1, async () => {
    await ask(modern ? 'server/discover' : 'ping', {})
    return null
  })
  // The first one pays for code that was never run.
  if (pinged.ms.length > 1) pinged.ms.shift()
  const {call} = options
  const called =
    call &&
    (await timed(callRounds, async () => {
      const answer = await ask('tools/call', {name: call.name, arguments: call.args}, call.name)
      const failed = answer.kind === 'error' || parseObject(answer.value)?.isError === true
      return failed ? answer.value.toString('utf8', 0, 300) : null
    }))
  return {
    capabilities: Object.keys(info.capabilities).sort(),
    lists: {
      tools: seen.tools ?? null,
      prompts: seen.prompts ?? null,
      resources: seen.resources ?? null,
      templates: seen.templates ?? null,
    },
    pings: pinged.ms,
    pingFault: pinged.fault,
    calls: call && called ? {name: call.name, ...called} : null,
  }
}

export const nothingAround: Around = {
  capabilities: [],
  lists: {tools: null, prompts: null, resources: null, templates: null},
  pings: [],
  pingFault: null,
  calls: null,
}

function keyOf(thing: unknown, key: string): string {
  const value = typeof thing === 'object' && thing !== null ? (thing as Record<string, unknown>)[key] : undefined
  return typeof value === 'string' ? value : ''
}

/** The middle one; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
