import {z} from 'zod'
import {formatDuration, parseDuration} from '../shared/duration.ts'
import {configSchema} from './schema.ts'

/** `2020-12` is what newer programs read; editors and ajv's default want `7`. */
export type SchemaDraft = '2020-12' | '7'

type Node = Record<string, unknown>

/** Anything that holds a variable is text in the file, whatever it becomes: `port: ${PORT}`. */
const variable = {type: 'string', pattern: '\\$\\{', description: 'text with an environment variable'}

/** Our own marks mean nothing to other programs, and a strict one refuses words that it does not know. */
const ownMarks = ['secret', 'unit']

/**
 * The JSON Schema of what may stand in a configuration file: variables not yet expanded, sections whose lines are all
 * commented out, top-level `x-` keys. It tells shapes; what only the loader sees (two equal ids) it cannot.
 */
export function configJsonSchema(draft: SchemaDraft): object {
  const {$schema, ...generated} = z.toJSONSchema(configSchema, {
    io: 'input',
    target: draft === '7' ? 'draft-7' : 'draft-2020-12',
    override: ({zodSchema, jsonSchema}) => {
      const {def} = (zodSchema as z.core.$ZodTypes)._zod
      if (def.type === 'default') jsonSchema.default = shownDefault(def.defaultValue, jsonSchema.unit === 'ms')
    },
  }) as Node
  const definitions = draft === '7' ? 'definitions' : '$defs'
  const root = forFiles(generated, `#/${definitions}/variable`)
  return {
    $schema,
    title: 'only1mcp configuration 1.0',
    ...root,
    type: 'object',
    patternProperties: {'^x-': true},
    [definitions]: {variable},
  }
}

function shownDefault(value: unknown, isDuration: boolean): unknown {
  if (!isDuration || typeof value !== 'number') return value
  const text = formatDuration(value)
  return parseDuration(text) === value ? text : value
}

/** Lets variables stand where something else than free text is wanted, and nothing where a section may be. */
function forFiles(node: Node, variableRef: string): Node {
  const inner = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? forFiles(value as Node, variableRef) : value
  const copy: Node = {...node}
  for (const mark of ownMarks) delete copy[mark]
  // A validator without the formats plug-in refuses `format`; every URL of the schema is one of these two.
  if (copy.format === 'uri') copy.pattern = '^https?://'
  delete copy.format
  if (copy.properties) copy.properties = mapped(copy.properties as Node, inner)
  if (typeof copy.additionalProperties === 'object') copy.additionalProperties = inner(copy.additionalProperties)
  if (copy.items) copy.items = inner(copy.items)
  if (copy.type === 'object' || copy.type === 'array') return {...copy, type: [copy.type, 'null']}
  const branches = copy.anyOf as readonly Node[] | undefined
  const free = copy.type === 'string' && copy.pattern === undefined && copy.enum === undefined
  if (free || branches?.some(({type, pattern, const: one}) => type === 'string' && !pattern && one === undefined))
    return copy
  const {description, default: fallback, ...rule} = copy
  return {
    ...(description !== undefined && {description}),
    ...(fallback !== undefined && {default: fallback}),
    anyOf: [...(branches ?? [rule]), {$ref: variableRef}],
  }
}

function mapped(properties: Node, change: (value: unknown) => unknown): Node {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, change(value)]))
}
