import {configJsonSchema} from '../../src/config/json-schema.ts'

export interface DocumentedKey {
  /** `servers[].headers.*` */
  readonly key: string
  readonly type: string
  readonly fallback: string
  readonly meaning: string
}

type Node = Readonly<Record<string, unknown>>

/** Every key that may stand in a configuration, from the schema. */
export function schemaKeys(): DocumentedKey[] {
  const keys: DocumentedKey[] = []
  walk(configJsonSchema('2020-12') as Node, '')
  return keys

  function walk(node: Node, path: string): void {
    for (const [name, child] of Object.entries((node.properties ?? {}) as Record<string, Node>)) {
      const key = path === '' ? name : `${path}.${name}`
      keys.push({key, type: typeOf(child), fallback: shown(child.default), meaning: String(child.description ?? '')})
      below(child, key)
    }
  }

  function below(node: Node, key: string): void {
    walk(node, key)
    if (node.items) below(node.items as Node, `${key}[]`)
    if (typeof node.additionalProperties === 'object') below(node.additionalProperties as Node, `${key}.*`)
  }
}

function typeOf(node: Node): string {
  if (node.enum) return (node.enum as unknown[]).join(', ')
  const branches = node.anyOf as Node[] | undefined
  if (branches) {
    const names = branches
      .filter(branch => !('$ref' in branch))
      .map(branch => ('const' in branch ? String(branch.const) : typeOf(branch)))
    return names.join(' or ')
  }
  if (!node.type) return 'any'
  const type = [node.type].flat()[0]
  return type === 'object' ? 'map' : type === 'array' ? 'list' : type === 'string' ? 'text' : String(type)
}

function shown(value: unknown): string {
  return value === undefined || (typeof value === 'object' && value !== null)
    ? ''
    : JSON.stringify(value).replaceAll('"', '')
}
