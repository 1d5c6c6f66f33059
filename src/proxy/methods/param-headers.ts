import {parseObject} from '../../mcp/handshake.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import {findValue} from '../../mcp/splice.ts'
import {decodeSentinel} from '../classify.ts'
import {RpcFailure} from '../rpc-failure.ts'

interface Declaration {
  readonly path: readonly string[]
  readonly header: string
}

/**
 * Tools may want arguments mirrored in headers, so that what routes on headers sees the same as what runs the tool
 * (`x-mcp-header`, MCP 2026-07-28): a header that is missing or says something else is refused.
 * @throws RpcFailure -32020 with HTTP 400
 */
export function checkParamHeaders(
  tool: Buffer,
  params: Buffer | null,
  headers: Readonly<Record<string, string>>,
): void {
  if (params === null || !tool.includes('x-mcp-header')) return
  const args = findValue(params, {start: 0, end: params.length}, ['arguments'])
  const values = args === null ? undefined : parseObject(params.subarray(args.start, args.end))
  if (values === undefined) return
  for (const {path, header} of declarations(parseObject(tool)?.inputSchema, [])) {
    const value = path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      values,
    )
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue
    const given = headers[`mcp-param-${header.toLowerCase()}`]
    const decoded = given === undefined ? undefined : decodeSentinel(given)
    const equal =
      decoded === String(value) ||
      (typeof value === 'number' && decoded !== undefined && decoded.trim() !== '' && Number(decoded) === value)
    if (!equal) throw mismatch(header, path.join('.'), given)
  }
}

/** Only properties that are reached through `properties` alone may declare a header. */
function declarations(schema: unknown, path: readonly string[]): Declaration[] {
  if (typeof schema !== 'object' || schema === null) return []
  const {properties, 'x-mcp-header': header} = schema as Record<string, unknown>
  const own = typeof header === 'string' && path.length > 0 ? [{path, header}] : []
  if (typeof properties !== 'object' || properties === null || path.length > 32) return own
  return [...own, ...Object.entries(properties).flatMap(([key, child]) => declarations(child, [...path, key]))]
}

function mismatch(header: string, argument: string, given: string | undefined): RpcFailure {
  const what = given === undefined ? 'is missing' : 'says something else'
  return new RpcFailure(
    rpcCode.headerMismatch,
    `Header mismatch: the argument ${argument} is mirrored in Mcp-Param-${header}, which ${what}`,
    {
      kind: 'HeaderMismatch',
      blame: 'client',
      status: 400,
    },
  )
}
