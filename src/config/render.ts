// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file
import {isDeepStrictEqual} from 'node:util'
import {isScalar, Scalar, visit} from 'yaml'
import {expand} from './expand.ts'
import {parseConfig} from './load.ts'
import type {LoadedConfig} from './loaded-config.ts'
import {type KeyPath, placeAt} from './schema-walk.ts'
import {parseYaml, spanOf} from './yaml-source.ts'

export type Rendered =
  | {readonly ok: true; readonly text: string; readonly variables: readonly string[]}
  | {readonly ok: false; readonly loaded: LoadedConfig}

/**
 * The text of a configuration with its variables put in; all else stays as it is. What comes out means the same without
 * any variable, which is checked. A value cannot change the structure: it is quoted where it has to be.
 */
export function renderConfig(text: string, path: string, env: NodeJS.ProcessEnv): Rendered {
  const loaded = parseConfig(text, path, {env})
  if (!loaded.ok) return {ok: false, loaded}
  const {source} = parseYaml(text)
  const variables = new Set<string>()
  const edits: {start: number; end: number; words: string}[] = []
  visit(source.root, {
    Scalar(key, node, ancestors) {
      const span = spanOf(node)
      if (key === 'key' || typeof node.value !== 'string' || span === undefined) return
      const {text: value, used} = expand(node.value, env)
      if (used.length === 0) return
      for (const {name} of used) variables.add(name)
      const original = text.slice(span.start, span.end)
      const tail = original.endsWith('\r\n') ? '\r\n' : original.endsWith('\n') ? '\n' : ''
      const place = pathTo([...ancestors, node])
      edits.push({...span, words: written(value, place, node.type === Scalar.PLAIN) + tail})
    },
  })
  let result = ''
  let offset = 0
  for (const {start, end, words} of edits.sort((a, b) => a.start - b.start)) {
    result += text.slice(offset, start) + words
    offset = end
  }
  result += text.slice(offset)
  const again = parseConfig(result, path, {env: {}})
  if (!again.ok || !isDeepStrictEqual(again.config, loaded.config))
    throw new Error('the rendered configuration does not mean the same as the one with variables')
  return {ok: true, text: result, variables: [...variables].sort()}
}

/** A number or true/false where the schema wants one, as the loader reads it; else text in quotes. */
function written(value: string, path: KeyPath, plain: boolean): string {
  const wanted = placeAt(path)?.schema._zod.def.type
  if (plain && wanted === 'number' && /^-?\d+(\.\d+)?$/.test(value)) return String(Number(value))
  if (plain && wanted === 'boolean' && (value === 'true' || value === 'false')) return value
  // What a variable brought in is no variable itself.
  return JSON.stringify(value.replaceAll('${', () => '$${'))
}

/** From the ancestors that `visit` gives: keys of pairs, and places in lists. */
function pathTo(chain: readonly unknown[]): KeyPath {
  const path: (string | number)[] = []
  for (const [i, each] of chain.entries()) {
    const next = chain[i + 1]
    if (typeof each !== 'object' || each === null) continue
    if ('key' in each && isScalar(each.key)) path.push(String(each.key.value))
    else if ('items' in each && Array.isArray(each.items) && next !== undefined) {
      const index = each.items.indexOf(next)
      if (typeof next === 'object' && next !== null && !('key' in next)) path.push(index)
    }
  }
  return path
}
