import {parseObject} from '../mcp/handshake.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {fitText} from '../tui/text/line.ts'
import {textWidth} from '../tui/text/width.ts'
import {type FittedColumn, fittedTable, type TableLook} from './fitted-table.ts'
import {instanceSnapshot} from './instance.ts'
import {usualColumns} from './output-columns.ts'
import {ask, connectToRuntime} from './runtime-connection.ts'

export interface ListedTool {
  readonly name: string
  /** Id of the server, or of the group, that it comes from; null where the name does not tell. */
  readonly server: string | null
  readonly description: string
  /** What its definition costs in a model's context, at four bytes a token. */
  readonly tokens: number
}

export interface ToolListDocument {
  readonly tools: readonly ListedTool[]
  readonly tokens: number
}

const bytesPerToken = 4
/** A list that never ends is a fault of the server. */
const maxPages = 1000

export interface ToolListRequest {
  readonly server: string | undefined
  readonly keyEnv: string | undefined
  readonly timeoutMs: number
}

/** The tools of the running proxy as clients see them. @throws AppError */
export async function listTools({server, keyEnv, timeoutMs}: ToolListRequest): Promise<ToolListDocument> {
  const {servers} = await instanceSnapshot()
  if (server !== undefined && !servers.some(each => each.id === server || each.group === server))
    throw new AppError('UNKNOWN_SERVER', `the runtime has no server ${safeText(JSON.stringify(server))}`, {
      fix: servers.length === 0 ? 'No servers are configured.' : `It has: ${servers.map(({id}) => id).join(', ')}`,
      exitCode: exitCode.usage,
    })
  const connection = await connectToRuntime({keyEnv, timeoutMs})
  const found: ListedTool[] = []
  try {
    let cursor: unknown
    for (let page = 0; page < maxPages; page++) {
      const answer = await ask(connection, 'tools/list', cursor === undefined ? {} : {cursor}, timeoutMs)
      const value = parseObject(answer.value)
      if (answer.kind === 'error')
        throw new AppError('LIST_REFUSED', `the proxy refused tools/list: ${String(value?.message ?? 'no reason')}`)
      for (const each of Array.isArray(value?.tools) ? value.tools : []) found.push(listed(each, servers))
      cursor = value?.nextCursor
      if (typeof cursor !== 'string') break
    }
  } finally {
    await connection.close(500)
  }
  const chosen = servers.find(({id}) => id === server)
  const sources = new Set([server, chosen?.group])
  const tools = server === undefined ? found : found.filter(each => sources.has(each.server ?? undefined))
  return {tools, tokens: tools.reduce((sum, {tokens}) => sum + tokens, 0)}
}

type Named = {readonly id: string; readonly prefix: string; readonly group?: string | undefined}

function listed(tool: unknown, servers: readonly Named[]): ListedTool {
  const {name, description} = (typeof tool === 'object' && tool !== null ? tool : {}) as Record<string, unknown>
  const text = typeof name === 'string' ? name : ''
  return {
    name: text,
    server: sourceOf(text, servers),
    description: typeof description === 'string' ? description : '',
    tokens: Math.ceil(Buffer.byteLength(JSON.stringify(tool) ?? '') / bytesPerToken),
  }
}

/** By the longest prefix that fits; with one server whose tools have none, what is left is its. */
function sourceOf(name: string, servers: readonly Named[]): string | null {
  let best: Named | undefined
  for (const server of servers)
    for (const prefix of [server.prefix, server.id])
      if (prefix !== '' && name.startsWith(`${prefix}__`) && prefix.length > (best?.prefix.length ?? 0)) best = server
  if (best !== undefined) return best.group ?? best.id
  const bare = [...new Set(servers.filter(({prefix}) => prefix === '').map(({group, id}) => group ?? id))]
  return bare.length === 1 ? (bare[0] ?? null) : null
}

const columns: readonly FittedColumn[] = [
  {title: 'TOOL', priority: 1, min: 20, name: true},
  {title: 'SERVER', priority: 3, min: 8, max: 16, name: true},
  {title: 'TOKENS', priority: 2, align: 'right'},
  {title: 'DESCRIPTION', priority: 4, min: 10},
]

/** A program gets whole names; of a description nobody gets more than what is left of a line. */
export function toolListText({tools, tokens}: ToolListDocument, look: TableLook): string {
  if (tools.length === 0) return 'no tools are offered'
  const width = (texts: readonly string[]): number => Math.max(6, ...texts.map(textWidth))
  const names = width(tools.map(({name}) => safeText(name)))
  const sources = width(tools.map(({server}) => safeText(server ?? '-')))
  const rest = Math.max(10, (look.cols ?? usualColumns) - names - sources - 6 - 6)
  const rows = tools.map(({name, server, description, tokens: cost}) => [
    name,
    server ?? '-',
    String(cost),
    fitText(safeText(firstLine(description)), rest, look.glyphs.cut).trimEnd(),
  ])
  const total = `${tools.length} tool${tools.length === 1 ? '' : 's'}, about ${tokens} tokens of context in all`
  return `${fittedTable(columns, rows, look).join('\n')}\n\n${total}`
}

/** The first that says something: descriptions like to begin with an empty line. */
function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0] ?? ''
}
