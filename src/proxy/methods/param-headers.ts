import {parseObject} from '../../mcp/handshake.ts'
import {headerValue} from '../../mcp/http-link.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import {findValue} from '../../mcp/splice.ts'
import {decodeSentinel} from '../classify.ts'
import {type HeaderDeclaration, headerDeclarations} from '../header-declarations.ts'
import {RpcFailure} from '../rpc-failure.ts'

interface Mirrored extends HeaderDeclaration {
  readonly value: string | number | boolean
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
  for (const {path, header, value} of mirrored(tool, params)) {
    const given = headers[`mcp-param-${header.toLowerCase()}`]
    const decoded = given === undefined ? undefined : decodeSentinel(given)
    const equal =
      decoded === String(value) ||
      (typeof value === 'number' && decoded !== undefined && decoded.trim() !== '' && Number(decoded) === value)
    if (!equal) throw mismatch(header, path.join('.'), given)
  }
}

/** The headers that a modern backend wants with a call of a client that knows nothing of them. */
export function makeParamHeaders(tool: Buffer, params: Buffer | null): Record<string, string> {
  return Object.fromEntries(
    mirrored(tool, params).map(({header, value}) => [`mcp-param-${header.toLowerCase()}`, headerValue(String(value))]),
  )
}

/** What a call has to mirror; arguments that are null or not there are left out. */
function mirrored(tool: Buffer, params: Buffer | null): Mirrored[] {
  if (params === null || !tool.includes('x-mcp-header')) return []
  const args = findValue(params, {start: 0, end: params.length}, ['arguments'])
  const values = args === null ? undefined : parseObject(params.subarray(args.start, args.end))
  if (values === undefined) return []
  return headerDeclarations(parseObject(tool)?.inputSchema).flatMap(declaration => {
    const value = declaration.path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      values,
    )
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return plain ? [{...declaration, value}] : []
  })
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
