import {isDeepStrictEqual} from 'node:util'
import {isScalar, type Node, Scalar, visit} from 'yaml'
import {AppError} from '../shared/errors.ts'
import {expand} from './expand.ts'
import {parseConfig} from './load.ts'
import {invalidConfig} from './loaded-config.ts'
import type {OpenConfig} from './open-config.ts'
import {pathsOf} from './scalar-paths.ts'
import {type KeyPath, placeAt} from './schema-walk.ts'
import {spliced} from './splice.ts'

/**
 * The text of a file with its variables put in; comments, order and layout stay. What it comes to is the same as before,
 * with no variable read.
 * @throws AppError CONFIG_INVALID, RENDER_FAILED
 */
export function renderConfig(opened: OpenConfig, env: NodeJS.ProcessEnv): string {
  const {source, loaded, path, text} = opened
  if (!loaded.ok) throw invalidConfig(loaded)
  const paths = pathsOf(source)
  const edits: {start: number; end: number; text: string}[] = []
  visitScalars(source.root, node => {
    const range = node.range
    if (typeof node.value !== 'string' || !range || !node.value.includes('${')) return
    const {text: value, used} = expand(node.value, env)
    if (used.length === 0) return // only the escape: it stays as it is
    const block = node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL
    edits.push({start: range[0], end: range[1], text: written(value, paths.get(node) ?? []) + (block ? '\n' : '')})
  })
  const rendered = spliced(text, edits)
  const again = parseConfig(rendered, path, {env: {}})
  if (!again.ok || !isDeepStrictEqual(again.config, loaded.config))
    throw new AppError(
      'RENDER_FAILED',
      `${path} cannot be written without its variables: it would come to something else`,
      {
        fix: 'Put each value that holds a variable in quotes, on one line.',
      },
    )
  return rendered
}

/** Numbers and true/false bare where the schema wants them, everything else in quotes; a new `\${` is no variable. */
function written(value: string, path: KeyPath): string {
  const type = placeAt(path)?.schema._zod.def.type
  const bare =
    (type === 'number' && /^-?\d+(\.\d+)?$/.test(value)) || (type === 'boolean' && /^(true|false)$/.test(value))
  return bare ? String(JSON.parse(value.replace(/^(-?)0+(?=\d)/, '$1'))) : JSON.stringify(value.replaceAll('${', '$${'))
}

function visitScalars(root: Node | null, look: (node: Scalar) => void): void {
  if (root === null) return
  visit(root, {
    Scalar(key, node) {
      if (key !== 'key' && isScalar(node)) look(node)
    },
  })
}
