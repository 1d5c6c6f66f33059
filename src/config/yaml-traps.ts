import {isScalar, Scalar, visit} from 'yaml'
import {locate, valueSpan} from './locate.ts'
import {matches, valueAt} from './matches.ts'
import {type Finding, pathText} from './problem.ts'
import {placesWhere} from './schema-walk.ts'
import {spanOf, type YamlSource} from './yaml-source.ts'

/** Values that are valid and probably mean something else. */
export function trapsIn(value: unknown, source: YamlSource): Finding[] {
  return [...leadingZeros(source), ...bareVariables(source), ...bareDurations(value, source)]
}

/** `port: 0644` is 644 here and 420 to a reader of YAML 1.1. */
function leadingZeros(source: YamlSource): Finding[] {
  return scalars(source).flatMap((node): Finding[] => {
    const at = spanOf(node)
    if (at === undefined || typeof node.value !== 'number' || !/^[-+]?0\d+$/.test(node.source ?? '')) return []
    const message = `${node.source} is read as ${node.value}, where YAML 1.1 reads an octal number`
    return [{severity: 'warning', code: 'yaml.leading_zero', message, path: [], at, suggestion: `write ${node.value}`}]
  })
}

/** `Bearer $TOKEN` stays as it is: only `${TOKEN}` is a variable. */
function bareVariables(source: YamlSource): Finding[] {
  return scalars(source).flatMap((node): Finding[] => {
    const at = spanOf(node)
    const match = typeof node.value === 'string' ? /^(?:Bearer |Basic )?\$([A-Z_][A-Z0-9_]*)$/.exec(node.value) : null
    if (!match || at === undefined) return []
    const start = source.text.indexOf(`$${match[1]}`, at.start)
    const place = start === -1 ? at : {start, end: start + (match[1]?.length ?? 0) + 1}
    return [
      {
        severity: 'warning',
        code: 'variable.bare',
        message: `$${match[1]} is taken as it stands, not as a variable`,
        path: [],
        at: place,
        suggestion: `write \${${match[1]}}`,
      },
    ]
  })
}

/** `timeout: 30` is 30 milliseconds. */
function bareDurations(value: unknown, source: YamlSource): Finding[] {
  return placesWhere(meta => meta.unit === 'ms').flatMap(place =>
    matches(value, place.join('.')).flatMap((path): Finding[] => {
      const ms = valueAt(value, path)
      if (typeof ms !== 'number' || ms <= 0 || ms >= 1000 || !isScalar(locate(source, path)?.value)) return []
      return [
        {
          severity: 'warning',
          code: 'duration.no_unit',
          message: `${pathText(path)} is read as ${ms} milliseconds`,
          path,
          at: valueSpan(source, path),
          suggestion: `write ${ms}s or ${ms}ms`,
        },
      ]
    }),
  )
}

function scalars(source: YamlSource): Scalar[] {
  const found: Scalar[] = []
  visit(source.root, {
    Scalar(key, node) {
      if (key !== 'key' && (node.type === Scalar.PLAIN || typeof node.value === 'string')) found.push(node)
    },
  })
  return found
}
