// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file
import {z} from 'zod'
import {configSchema} from './schema.ts'

/** The JSON Schema drafts that are published: 2020-12, and 7 for editors and validators that know no newer one. */
export type Draft = '2020-12' | '7'

type Node = Record<string, unknown>

/** Where a text may stand for any value: `port: ${PORT}`. */
const variable = {
  type: 'string',
  pattern: '\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}',
  description: 'an environment variable: ${NAME} or ${NAME:-default}',
}

/**
 * What may be written into a configuration file, as JSON Schema. It holds standard keywords only, so that a validator in
 * strict mode takes it; secrets are `writeOnly`.
 */
export function configJsonSchema(draft: Draft): Node {
  const definitions = draft === '7' ? 'definitions' : '$defs'
  const made = z.toJSONSchema(configSchema, {
    io: 'input',
    target: draft === '7' ? 'draft-7' : 'draft-2020-12',
    reused: 'inline',
  }) as Node
  const {$schema, ...root} = adapted(made, `#/${definitions}/variable`) as Node
  return {
    $schema,
    title: 'configuration of only1mcp',
    ...root,
    type: 'object',
    properties: {$schema: {type: 'string', description: 'for editors'}, ...(root.properties as Node)},
    patternProperties: {'^x-': {description: 'free for your own use'}},
    [definitions]: {variable},
  }
}

/** Keywords whose value is a map from names to schemas. */
const maps = new Set(['properties', 'patternProperties'])
/** Keywords whose value is one schema, where it is no boolean. */
const single = new Set(['items', 'additionalProperties'])

function adapted(schema: unknown, variableRef: string): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  const own: Node = {}
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'secret') {
      if (value === true) own.writeOnly = true
    } else if (key === 'unit' || (key === 'maximum' && value === Number.MAX_SAFE_INTEGER)) continue
    // A format is an annotation to some validators and an error to others.
    else if (key === 'format') own.pattern = own.pattern ?? '^https?://'
    else if (maps.has(key))
      own[key] = Object.fromEntries(
        Object.entries(value as Node).map(([name, each]) => [name, adapted(each, variableRef)]),
      )
    else if (single.has(key)) own[key] = adapted(value, variableRef)
    else if (key === 'anyOf') own[key] = (value as unknown[]).map(each => plain(each as Node))
    else own[key] = value
  }
  if (isSection(own)) return {...own, type: [own.type, 'null']}
  return takesAnyText(own) ? own : orVariable(own, variableRef)
}

/** A branch of a choice: without what only counts for the whole. */
function plain(branch: Node): Node {
  const {maximum, ...rest} = branch
  return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? rest : branch
}

/** A section whose lines are all commented out is one that is not there. */
function isSection({type}: Node): boolean {
  return type === 'object' || type === 'array'
}

function takesAnyText({type, pattern, enum: choices, const: only, anyOf}: Node): boolean {
  if (Array.isArray(anyOf)) return (anyOf as Node[]).some(takesAnyText)
  return type === 'string' && pattern === undefined && choices === undefined && only === undefined
}

/** The value, or a variable that holds it. */
function orVariable(schema: Node, variableRef: string): Node {
  const {description, default: preset, writeOnly, ...value} = schema
  const choices = Array.isArray(value.anyOf) ? (value.anyOf as Node[]) : [value]
  return {
    ...(description !== undefined && {description}),
    ...(preset !== undefined && {default: preset}),
    ...(writeOnly !== undefined && {writeOnly}),
    anyOf: [...choices, {$ref: variableRef}],
  }
}
