import {isScalar, visit} from 'yaml'
import type {Span} from './problem.ts'
import {spanOf, type YamlSource} from './yaml-source.ts'

export interface UsedVariable {
  readonly name: string
  /** Where it stands: `${NAME}`. */
  readonly at: Span
}

/** Variables that the values of a file name without a default, once each, in the order of the file. */
export function usedVariables(source: YamlSource): readonly UsedVariable[] {
  const found = new Map<string, UsedVariable>()
  visit(source.root, {
    Scalar(key, node) {
      const at = spanOf(node)
      if (key === 'key' || at === undefined || !isScalar(node) || typeof node.value !== 'string') return
      for (const match of source.text.slice(at.start, at.end).matchAll(/(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)) {
        const [text, name = ''] = match
        const start = at.start + match.index
        if (!found.has(name)) found.set(name, {name, at: {start, end: start + text.length}})
      }
    },
  })
  return [...found.values()]
}
