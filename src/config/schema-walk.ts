import type {z} from 'zod'
import {configSchema} from './schema.ts'

/** A path as zod gives it: keys and indexes from the top of the file. */
export type KeyPath = readonly (string | number)[]

type Schema = z.core.$ZodType
type Meta = Readonly<Record<string, unknown>>

interface Place {
  readonly schema: Schema
  /** Of the schema and every wrapper (default, optional, transform …) around it. */
  readonly meta: Meta
}

/** Takes the wrappers off a schema, collecting what they say about it. */
function open(schema: Schema, meta: Meta = {}): Place {
  const own: Meta = 'meta' in schema && typeof schema.meta === 'function' ? (schema.meta() ?? {}) : {}
  const all = {...own, ...meta}
  const {def} = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return open(def.innerType, all)
    case 'pipe':
      return open(def.in, all)
    default:
      return {schema, meta: all}
  }
}

/** The schema of one key or index below another; undefined where none is allowed. */
function below({schema}: Place, key: string | number): Place | undefined {
  const {def} = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'object') {
    const child = Object.hasOwn(def.shape, key) ? def.shape[String(key)] : undefined
    return child && open(child)
  }
  if (def.type === 'array') return typeof key === 'number' ? open(def.element) : undefined
  if (def.type === 'record') return open(def.valueType)
  return undefined
}

/** What the schema says at a place of the file. */
export function placeAt(path: KeyPath): Place | undefined {
  let place: Place | undefined = open(configSchema)
  for (const key of path) place = place && below(place, key)
  return place
}

/** The keys that may stand at a place; empty where any may, or none. */
export function keysAt(path: KeyPath): readonly string[] {
  const place = placeAt(path)
  if (!place) return []
  const {def} = (place.schema as z.core.$ZodTypes)._zod
  return def.type === 'object' ? Object.keys(def.shape) : []
}

/** Whether a map or list may stand at a place. */
export function isSection(path: KeyPath): boolean {
  const type = placeAt(path)?.schema._zod.def.type
  return type === 'object' || type === 'array' || type === 'record'
}

/** Every place whose meta satisfies a test, `*` standing for any key or index. */
export function placesWhere(test: (meta: Meta) => boolean): string[][] {
  const found: string[][] = []
  visit(open(configSchema), [])
  return found

  function visit(place: Place, path: readonly string[]): void {
    const {def} = (place.schema as z.core.$ZodTypes)._zod
    if (test(place.meta)) found.push(def.type === 'record' ? [...path, '*'] : [...path])
    if (def.type === 'object') for (const key in def.shape) visit(open(def.shape[key] as Schema), [...path, key])
    if (def.type === 'array') visit(open(def.element), [...path, '*'])
    if (def.type === 'record') visit(open(def.valueType), [...path, '*'])
  }
}
