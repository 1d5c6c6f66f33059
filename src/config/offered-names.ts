import {keySpan, valueSpan} from './locate.ts'
import {matches, valueAt} from './matches.ts'
import {type Finding, pathText} from './problem.ts'
import type {KeyPath} from './schema-walk.ts'
import type {YamlSource} from './yaml-source.ts'

/** Longest name that the protocol allows, and the longest that the APIs of common model providers take. */
const longestName = 128
const longestCommon = 64

/** Names that `rename` makes, with their prefix: too long ones, and one name for two things of a server. */
export function offeredNames(value: unknown, source: YamlSource): Finding[] {
  return ['servers.*.tools.rename', 'servers.*.prompts.rename'].flatMap(pattern =>
    matches(value, pattern).flatMap(path => renamesOf(value, path, source)),
  )
}

function renamesOf(value: unknown, path: KeyPath, source: YamlSource): Finding[] {
  const renames = valueAt(value, path)
  if (typeof renames !== 'object' || renames === null || Array.isArray(renames)) return []
  const prefix = prefixOf(valueAt(value, path.slice(0, 2)))
  const first = new Map<string, KeyPath>()
  return Object.entries(renames).flatMap(([own, offered]): Finding[] => {
    if (typeof offered !== 'string') return [] // reported by the schema
    const at: KeyPath = [...path, own]
    const before = first.get(offered)
    if (before !== undefined) {
      return [
        {
          severity: 'error',
          code: 'server.renamed_twice',
          message: 'two names are renamed to the same one',
          path: at,
          at: valueSpan(source, at),
          related: {message: 'the other one is here', at: valueSpan(source, before)},
        },
      ]
    }
    first.set(offered, at)
    return tooLong(at, prefix, offered, source)
  })
}

function tooLong(path: KeyPath, prefix: string, offered: string, source: YamlSource): Finding[] {
  const {length} = prefix + offered
  if (length <= longestCommon || offered.length > longestName) return []
  const refused = length > longestName
  const which = pathText(path.slice(2, 3))
  return [
    {
      severity: refused ? 'error' : 'warning',
      code: 'server.long_name',
      message: refused
        ? `a name of ${which} has ${length} characters with its prefix, and the protocol allows ${longestName}`
        : `a name of ${which} has ${length} characters with its prefix; many clients take ${longestCommon} at most`,
      path,
      at: keySpan(source, path),
      suggestion: 'choose a shorter name, or a shorter prefix',
    },
  ]
}

function prefixOf(server: unknown): string {
  if (typeof server !== 'object' || server === null) return ''
  const {prefix, group, id} = server as Record<string, unknown>
  const own = prefix ?? group ?? id
  return typeof own === 'string' && own !== '' ? `${own}__` : ''
}
