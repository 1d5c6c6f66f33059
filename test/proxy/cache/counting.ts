import {ControlClient} from '../../../src/control/client.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {callTool, type McpReply, type PostOptions, postModern} from '../../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'

/** A runtime with a cache in front of servers that number their answers; their URIs and tools have no prefix. */
export function startCounting(
  args: readonly string[],
  config: Readonly<Record<string, unknown>> = {cache: {enabled: true}},
  server: Readonly<Record<string, unknown>> = {},
): Promise<StartedRuntime> {
  return startRuntime({
    servers: [{...stdioServer('count', 'counting.mjs', args), prefix: '', ...server}],
    ...config,
  })
}

export async function read(url: string, uri: string, options?: PostOptions): Promise<string> {
  return textOf(await postModern(url, 'resources/read', {uri}, options))
}

export async function call(url: string, name: string, args = {}, options?: PostOptions): Promise<string> {
  return textOf(await callTool(url, name, args, options))
}

/** How often the server was asked, by what. */
export async function callsOf(url: string, options?: PostOptions): Promise<Record<string, number>> {
  return JSON.parse(await call(url, 'calls', {}, options))
}

export function textOf({message, text}: McpReply): string {
  const {result, error} = message ?? {}
  if (error) return `error ${error.code} ${error.message}`
  const first = result?.contents?.[0] ?? result?.content?.[0] ?? result?.messages?.[0]?.content
  return first?.text ?? text
}

export async function cacheOf({record}: StartedRuntime) {
  const {cache} = await new ControlClient(record.socket).snapshot()
  if (cache === undefined) throw new Error('the snapshot has no cache')
  return cache
}
