import {isMap, isScalar, isSeq, type Node, type Scalar} from 'yaml'
import type {KeyPath} from './schema-walk.ts'
import {keyText, type YamlSource} from './yaml-source.ts'

/** Where each scalar stands, aliases not followed. */
export function pathsOf({root}: YamlSource): Map<Scalar, KeyPath> {
  const paths = new Map<Scalar, KeyPath>()
  walk(root, [])
  return paths

  function walk(node: Node | null, path: KeyPath): void {
    if (isScalar(node)) paths.set(node, path)
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) walk(item as Node | null, [...path, index])
    else if (isMap(node))
      for (const pair of node.items) walk(pair.value as Node | null, [...path, keyText(pair.key) ?? ''])
  }
}
