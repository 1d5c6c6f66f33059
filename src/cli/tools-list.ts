import type {Snapshot} from '../control/contract.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {findInstance} from './instance.ts'
import {openProxy} from './proxy-client.ts'
import {table} from './table.ts'

const timeoutMs = 15_000
const maxPages = 1000
/** JSON of a tool costs a model about one token for this many characters. */
const charactersPerToken = 4

export interface ListedTool {
  readonly name: string
  /** Group or id of the server that offers it; null where its prefix does not tell. */
  readonly server: string | null
  readonly description: string
  /** What its definition costs in a model's context, roughly. */
  readonly tokens: number
}

export interface ToolsDocument {
  readonly tools: readonly ListedTool[]
  readonly tokens: number
}

/** The tools of the running proxy, as a client sees them. @throws AppError */
export async function listTools(key: string | undefined, server: string | undefined): Promise<ToolsDocument> {
  const {client} = await findInstance()
  const snapshot = await client.snapshot()
  if (server !== undefined && !snapshot.servers.some(({id, prefix}) => id === server || prefix === server))
    throw new AppError('UNKNOWN_SERVER', `the runtime has no server ${JSON.stringify(server)}`, {
      fix: `It has: ${snapshot.servers.map(({id}) => id).join(', ')}`,
      exitCode: exitCode.usage,
    })
  const proxy = await openProxy(snapshot, key, timeoutMs)
  const tools: ListedTool[] = []
  try {
    let cursor: string | undefined
    for (let page = 0; page < maxPages; page++) {
      const answer = (await proxy.ask('tools/list', cursor === undefined ? {} : {cursor}, timeoutMs)) as {
        tools?: unknown
        nextCursor?: unknown
      }
      for (const tool of Array.isArray(answer.tools) ? answer.tools : []) tools.push(listed(tool, snapshot))
      if (typeof answer.nextCursor !== 'string') break
      cursor = answer.nextCursor
    }
  } finally {
    await proxy.close()
  }
  const own = snapshot.servers.find(({id}) => id === server)
  const shown =
    server === undefined ? tools : tools.filter(tool => tool.server === server || tool.server === own?.prefix)
  return {tools: shown, tokens: shown.reduce((sum, {tokens}) => sum + tokens, 0)}
}

function listed(tool: unknown, {servers}: Snapshot): ListedTool {
  const {name, description} = tool as {name?: unknown; description?: unknown}
  const text = String(name)
  const owners = servers.filter(({id, prefix}) =>
    [prefix, id].some(each => each !== '' && text.startsWith(`${each}__`)),
  )
  // The longest prefix: "a" and "a__b" may both be one.
  const owner = owners.sort((a, b) => b.prefix.length - a.prefix.length)[0]
  const bare = servers.filter(({prefix}) => prefix === '')
  const server = owner === undefined ? (bare.length === 1 ? bare[0]?.id : undefined) : owner.prefix || owner.id
  return {
    name: text,
    server: server ?? null,
    description: typeof description === 'string' ? description : '',
    tokens: Math.ceil(JSON.stringify(tool).length / charactersPerToken),
  }
}

export function toolsText({tools, tokens}: ToolsDocument): string {
  if (tools.length === 0) return 'no tools are offered'
  const rows = tools.map(({name, server, description, tokens: cost}) => [
    name,
    server ?? '-',
    String(cost),
    safeText(description.split('\n', 1)[0] ?? '', {max: 40}),
  ])
  return `${table(['TOOL', 'SERVER', 'TOKENS', 'DESCRIPTION'], rows)}\n\n${tools.length} tools, about ${tokens} tokens of context`
}
