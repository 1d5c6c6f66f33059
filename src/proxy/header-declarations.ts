import {parseObject} from '../mcp/handshake.ts'

/** A property of a tool's arguments that is mirrored in a header (`x-mcp-header`, MCP 2026-07-28). */
export interface HeaderDeclaration {
  readonly path: readonly string[]
  /** Behind `Mcp-Param-`. */
  readonly header: string
  readonly type: unknown
}

const maxDepth = 32
const headerTypes: readonly unknown[] = ['string', 'integer', 'boolean']
/** RFC 9110, section 5.6.2: what a field name is made of. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Only properties that are reached through `properties` alone may declare a header. */
export function headerDeclarations(schema: unknown, path: readonly string[] = []): HeaderDeclaration[] {
  if (typeof schema !== 'object' || schema === null) return []
  const {properties, type, 'x-mcp-header': header} = schema as Record<string, unknown>
  const own = typeof header === 'string' && path.length > 0 ? [{path, header, type}] : []
  if (typeof properties !== 'object' || properties === null || path.length > maxDepth) return own
  return [...own, ...Object.entries(properties).flatMap(([key, child]) => headerDeclarations(child, [...path, key]))]
}

/**
 * What is wrong with a tool's header declarations; undefined when nothing is. A client over HTTP has to leave such a tool
 * out: its calls could not be made as the server wants them.
 */
export function declarationFault(tool: Buffer): string | undefined {
  if (!tool.includes('x-mcp-header')) return undefined
  const seen = new Set<string>()
  for (const {path, header, type} of headerDeclarations(parseObject(tool)?.inputSchema)) {
    const where = `x-mcp-header ${JSON.stringify(header).slice(0, 80)} of ${path.join('.').slice(0, 80)}`
    if (!token.test(header)) return `${where} is no header name`
    if (!headerTypes.includes(type)) return `${where} stands on a value that is no string, integer or boolean`
    if (seen.has(header.toLowerCase())) return `${where} is there twice`
    seen.add(header.toLowerCase())
  }
  return undefined
}
