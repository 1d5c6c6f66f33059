/** What a load needs to know of a tool's definition. Of hints only what the server says itself is believed. */
export interface ToolForLoad {
  readonly name: string
  /** `annotations.readOnlyHint`. */
  readonly readOnly: boolean
  /** `annotations.destructiveHint`, where it is said outright. */
  readonly destructive: boolean
  readonly required: readonly string[]
}

export function toolForLoad(definition: unknown): ToolForLoad | undefined {
  const {name, annotations, inputSchema} = objectOf(definition)
  if (typeof name !== 'string' || name === '') return undefined
  const {readOnlyHint, destructiveHint} = objectOf(annotations)
  const {required} = objectOf(inputSchema)
  return {
    name,
    readOnly: readOnlyHint === true,
    destructive: destructiveHint === true && readOnlyHint !== true,
    required: Array.isArray(required) ? required.filter(each => typeof each === 'string') : [],
  }
}

/** The first tool that only reads and needs no arguments. */
export function pickTool(tools: readonly ToolForLoad[]): ToolForLoad | undefined {
  return tools.find(({readOnly, required}) => readOnly && required.length === 0)
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
