import type {z} from 'zod'
import {didYouMean} from './did-you-mean.ts'
import type {Expansion} from './expand.ts'
import {type Found, foundAt} from './found.ts'
import {keySpan, valueSpan} from './locate.ts'
import {meantKey} from './meant-key.ts'
import {type Finding, pathText, type Span} from './problem.ts'
import {pathKey} from './read-tree.ts'
import {type KeyPath, keysAt} from './schema-walk.ts'
import {typeSuggestion} from './value-hints.ts'
import type {YamlSource} from './yaml-source.ts'

type Issue = z.core.$ZodIssue

export interface ReadFile {
  readonly source: YamlSource
  /** What must not be shown. */
  readonly masked: readonly Span[]
  /** Texts that hold a variable's value, by `pathKey`. */
  readonly expanded: ReadonlyMap<string, Expansion>
}

/** No one reads more; each asks for the nearest word. */
const maxIssues = 500

/** Turns what the schema complains about into one finding a cause, with the place in the file and what to write. */
export function explainIssues(issues: readonly Issue[], read: ReadFile): Finding[] {
  const findings = issues.slice(0, maxIssues).flatMap(issue => explain(issue, read))
  // `algorith` instead of `algorithm` is one mistake, not an unknown key and a missing one.
  const meant = new Set(findings.flatMap(({meant}) => (meant === undefined ? [] : [meant])))
  return findings
    .filter(({finding}) => finding.code !== 'key.missing' || !meant.has(pathText(finding.path)))
    .map(({finding}) => finding)
}

interface Explained {
  readonly finding: Finding
  /** Path of the key that was probably meant. */
  readonly meant?: string
}

function explain(issue: Issue, {source, masked, expanded}: ReadFile): Explained[] {
  const path = issue.path as KeyPath
  const expansion = expanded.get(pathKey(path))
  if (expansion?.text === '') return [{finding: emptyVariable(expansion, path, source)}]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, maxIssues).map(key => unknownKey(key, path, source))
    case 'invalid_key': {
      const why = issue.issues[0]?.message ?? 'not a key that may stand here'
      const key = JSON.stringify(String(path.at(-1) ?? ''))
      const message = `${key} in ${pathText(path.slice(0, -1))}: ${why}`
      return [{finding: {severity: 'error', code: 'key.format', message, path, at: keySpan(source, path)}}]
    }
    default:
      return [{finding: badValue(issue, path, source, foundAt(source, path, masked))}]
  }
}

/** It is set and holds nothing: a service whose secret did not come, mostly. */
function emptyVariable({used}: Expansion, path: KeyPath, source: YamlSource): Finding {
  const name = used[0]?.name ?? ''
  return {
    severity: 'error',
    code: 'variable.empty',
    message: `the environment variable ${name}, needed by ${pathText(path)}, is empty`,
    path,
    at: valueSpan(source, path),
    suggestion: `give ${name} a value, or a default: \${${name}:-value}`,
  }
}

function unknownKey(key: string, path: KeyPath, source: YamlSource): Explained {
  const keys = keysAt(path)
  const best = meantKey(key, keys)
  const where = path.length === 0 ? 'at the top of the file' : `in ${pathText(path)}`
  const suggestion =
    best !== undefined ? `did you mean "${best}"?` : keys.length > 0 ? `known here: ${keys.join(', ')}` : undefined
  const full = [...path, key]
  const message = `unknown key ${JSON.stringify(key)} ${where}`
  const finding: Finding = {
    severity: 'error',
    code: 'key.unknown',
    message,
    path: full,
    at: keySpan(source, full),
    suggestion,
  }
  return best === undefined ? {finding} : {finding, meant: pathText([...path, best])}
}

function badValue(issue: Issue, path: KeyPath, source: YamlSource, found: Found): Finding {
  if (found.kind === 'absent')
    return {
      severity: 'error',
      code: 'key.missing',
      message: `the key "${path.at(-1)}" is missing in ${pathText(path.slice(0, -1)) || 'the file'}`,
      path,
      at: keySpan(source, path.slice(0, -1)),
    }
  const {code, expected} = demand(issue)
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : []
  const near = found.written === undefined ? undefined : didYouMean(found.written, choices)
  return {
    severity: 'error',
    code,
    message: `${expected}, found ${found.words}`,
    path,
    at: valueSpan(source, path),
    suggestion: near !== undefined ? `did you mean "${near}"?` : typeSuggestion(issue, found),
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
}

/** What should have stood there. */
function demand(issue: Issue): {code: string; expected: string} {
  switch (issue.code) {
    case 'invalid_type':
      return {code: 'value.type', expected: `expected ${typeNames[issue.expected] ?? issue.expected}`}
    case 'invalid_union':
      return {code: 'value.type', expected: issue.message}
    case 'invalid_value':
      return {code: 'value.choice', expected: `expected one of ${issue.values.map(String).join(', ')}`}
    case 'too_small':
      return {code: 'value.range', expected: atLeast(issue)}
    case 'too_big':
      return {code: 'value.range', expected: `expected at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`}
    default:
      return {code: 'value.format', expected: issue.message}
  }
}

function atLeast(issue: z.core.$ZodIssueTooSmall): string {
  if (issue.origin === 'string' && issue.minimum === 1) return 'expected text'
  const more = issue.inclusive === false ? 'more than' : 'at least'
  return `expected ${more} ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`
}

function unitOf(origin: string, limit: number | bigint): string {
  const many = Number(limit) === 1 ? '' : 's'
  if (origin === 'string') return ` character${many}`
  return origin === 'array' ? ` item${many}` : ''
}
