/** MCP 2026-07-28, "Tool names". */
const goodName = /^[A-Za-z0-9_./-]{1,128}$/

/** Why clients will refuse a tool, or undefined behaviour is to be feared; null when it is as it should be. */
export function toolFault(tool: unknown): string | null {
  if (!isObject(tool)) return 'it is no object'
  if (typeof tool.name !== 'string' || tool.name === '') return 'it has no name'
  if (!goodName.test(tool.name)) return 'its name holds characters that clients refuse'
  if (!isObject(tool.inputSchema)) return 'it has no inputSchema'
  const {type, properties, required} = tool.inputSchema
  if (type !== 'object') return `the type of its inputSchema is ${JSON.stringify(type) ?? 'missing'}, not "object"`
  if (properties !== undefined && !isObject(properties)) return 'properties of its inputSchema is no object'
  if (required !== undefined && !isNames(required)) return 'required of its inputSchema is no list of names'
  const unknown = isNames(required) ? required.find(name => !isObject(properties) || !(name in properties)) : undefined
  if (unknown !== undefined)
    return `its inputSchema requires ${JSON.stringify(unknown)}, which properties does not have`
  return outsideReference(tool.inputSchema, 0)
}

/** A `$ref` out of the document is never followed (MCP 2026-07-28, security of schemas). */
function outsideReference(schema: unknown, depth: number): string | null {
  if (depth > 60) return 'its inputSchema is nested too deeply'
  if (typeof schema !== 'object' || schema === null) return null
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$ref' && typeof value === 'string' && !value.startsWith('#'))
      return `its inputSchema refers to ${JSON.stringify(value.slice(0, 80))}, outside of itself`
    const found = outsideReference(value, depth + 1)
    if (found !== null) return found
  }
  return null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(name => typeof name === 'string')
}
