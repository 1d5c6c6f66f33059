import {accessLint} from './access-lint.ts'
import {inactiveSettings} from './inactive-settings.ts'
import {itemSpan, keySpan, valueSpan} from './locate.ts'
import {matches, valueAt} from './matches.ts'
import {meantKey} from './meant-key.ts'
import {offeredNames} from './offered-names.ts'
import {type Finding, pathText, type Severity} from './problem.ts'
import {type KeyPath, keysAt} from './schema-walk.ts'
import {sharedLint} from './shared-lint.ts'
import {trafficLint} from './traffic-lint.ts'
import type {YamlSource} from './yaml-source.ts'

export interface LintOptions {
  /** Warnings about what the file may not do become errors. */
  readonly strict: boolean
  /** Somebody is about to be served: settings that protect must not be ignored. */
  readonly forStart: boolean
}

export type Lint = (value: unknown, source: YamlSource, options: LintOptions) => Finding[]

/**
 * What no single key can tell. Runs on the plain value, beside the schema: one wrong server must not hide that two others
 * have the same id.
 */
export function lint(value: unknown, source: YamlSource, options: LintOptions): Finding[] {
  return lints.flatMap(check => check(value, source, options))
}

const lints: readonly Lint[] = [
  transports,
  duplicateIds,
  sharedPrefixes,
  groupPrefixes,
  offeredNames,
  breakerSpelling,
  accessLint,
  sharedLint,
  trafficLint,
  inactive,
]

function servers(value: unknown): [KeyPath, Readonly<Record<string, unknown>>][] {
  return matches(value, 'servers.*').flatMap(path => {
    const server = valueAt(value, path)
    const plain = typeof server === 'object' && server !== null && !Array.isArray(server)
    return plain ? [[path, server as Record<string, unknown>] as [KeyPath, Record<string, unknown>]] : []
  })
}

function subject(server: Readonly<Record<string, unknown>>, path: KeyPath, source: YamlSource): string {
  const written = typeof server.id === 'string' ? source.text.slice(...bounds(valueSpan(source, [...path, 'id']))) : ''
  return /^[\w.-]+$/.test(written) ? `the server "${written}"` : pathText(path)
}

function bounds({start, end}: {start: number; end: number}): [number, number] {
  return [start, end]
}

function transports(value: unknown, source: YamlSource, {strict}: LintOptions): Finding[] {
  return servers(value).flatMap(([path, server]): Finding[] => {
    const found = (name: string): boolean => Object.hasOwn(server, name)
    const who = subject(server, path, source)
    const wrong = (
      code: string,
      message: string,
      key: string,
      suggestion: string,
      severity: Severity = 'error',
    ): Finding[] => [{severity, code, message, path: [...path, key], at: keySpan(source, [...path, key]), suggestion}]
    if (found('command') && found('endpoint'))
      return [
        {
          severity: 'error',
          code: 'server.two_transports',
          message: `${who} has a command and an endpoint`,
          path: [...path, 'endpoint'],
          at: keySpan(source, [...path, 'endpoint']),
          suggestion: 'keep command for a local program, endpoint for one that is reached over HTTP',
          related: {message: 'the command is here', at: keySpan(source, [...path, 'command'])},
        },
      ]
    const transport = server.transport
    if (found('command') && (transport === 'http' || transport === 'sse'))
      return wrong(
        'server.transport',
        `${who} has a command, so it cannot use ${transport}`,
        'transport',
        'remove the key',
      )
    if (found('endpoint') && transport === 'stdio')
      return wrong('server.transport', `${who} has an endpoint, so it cannot use stdio`, 'transport', 'remove the key')
    if (found('command') || found('endpoint')) return []
    // A misspelt key is the cause, and reported as such.
    const meant = Object.keys(server).map(key => meantKey(key, keysAt(path)))
    if (meant.includes('command') || meant.includes('endpoint')) return []
    return [
      {
        severity: strict ? 'error' : 'warning',
        code: 'server.no_transport',
        message: `${who} has neither a command nor an endpoint: it cannot be used`,
        path,
        at: found('id') ? keySpan(source, [...path, 'id']) : keySpan(source, path),
        suggestion: 'add command: (a local program) or endpoint: (an HTTP URL)',
      },
    ]
  })
}

function duplicateIds(value: unknown, source: YamlSource): Finding[] {
  const first = new Map<string, KeyPath>()
  return servers(value).flatMap(([path, {id}]): Finding[] => {
    if (typeof id !== 'string') return []
    const idPath = [...path, 'id']
    const before = first.get(id)
    if (before === undefined) {
      first.set(id, idPath)
      return []
    }
    const related = {message: 'first used here', at: valueSpan(source, before)}
    // One anchor used twice has one id in the file: then the item is the place.
    const own = valueSpan(source, idPath)
    const at = own.start === related.at.start ? itemSpan(source, path) : own
    return [
      {
        severity: 'error',
        code: 'server.duplicate_id',
        message: 'two servers have the same id',
        path: idPath,
        at,
        related,
      },
    ]
  })
}

/** Equal prefixes in two groups (the default group is the id): the later server's tools may get other names. */
function sharedPrefixes(value: unknown, source: YamlSource): Finding[] {
  const first = new Map<string, {path: KeyPath; group: unknown}>()
  return servers(value).flatMap(([path, server]): Finding[] => {
    const group = server.group ?? server.id
    const prefix = server.prefix ?? group
    if (typeof prefix !== 'string' || server.enabled === false) return []
    const before = first.get(prefix)
    const place = placeOf(path, server)
    if (before === undefined) {
      first.set(prefix, {path: place, group})
      return []
    }
    // Equal ids are reported as that.
    if (before.group === group) return []
    return [
      {
        severity: 'warning',
        code: 'server.prefix_shared',
        message:
          prefix === ''
            ? 'two servers expose their tools without a prefix: on a clash the earlier one keeps the name'
            : 'two servers have the same prefix: on a clash of tool names the earlier one keeps the name',
        path: place,
        at: valueSpan(source, place),
        related: {message: 'the earlier one is here', at: valueSpan(source, before.path)},
      },
    ]
  })

  function placeOf(path: KeyPath, server: Readonly<Record<string, unknown>>): KeyPath {
    for (const key of ['prefix', 'group']) if (Object.hasOwn(server, key)) return [...path, key]
    return [...path, 'id']
  }
}

/** The members of a group are one server to clients: they have one prefix, the first one's. */
function groupPrefixes(value: unknown, source: YamlSource): Finding[] {
  const first = new Map<unknown, {path: KeyPath; prefix: unknown}>()
  return servers(value).flatMap(([path, server]): Finding[] => {
    const group = server.group ?? server.id
    const before = first.get(group)
    if (before === undefined) {
      first.set(group, {path, prefix: server.prefix ?? group})
      return []
    }
    if (server.prefix === undefined || server.prefix === before.prefix || server.group === undefined) return []
    return [
      {
        severity: 'warning',
        code: 'server.group_prefix',
        message: 'the servers of a group have the prefix of its first one: this one is not used',
        path: [...path, 'prefix'],
        at: valueSpan(source, [...path, 'prefix']),
        related: {message: 'the first one is here', at: keySpan(source, before.path)},
      },
    ]
  })
}

function breakerSpelling(value: unknown, source: YamlSource, {strict}: LintOptions): Finding[] {
  if (valueAt(value, ['circuit_breaker']) === undefined) return []
  const path = ['circuit_breaker']
  const at = keySpan(source, path)
  if (valueAt(value, ['health', 'circuit_breaker']) !== undefined)
    return [
      {
        severity: 'error',
        code: 'key.two_spellings',
        message: 'circuit_breaker and health.circuit_breaker are the same setting',
        path,
        at,
        suggestion: 'keep health.circuit_breaker',
        related: {message: 'the other one is here', at: keySpan(source, ['health', 'circuit_breaker'])},
      },
    ]
  if (!strict) return []
  const message = 'circuit_breaker is another spelling of health.circuit_breaker'
  const suggestion = 'write health.circuit_breaker, with recovery_timeout for timeout'
  return [{severity: 'warning', code: 'key.alias', message, path, at, suggestion}]
}

function inactive(value: unknown, source: YamlSource, {forStart}: LintOptions): Finding[] {
  return inactiveSettings.flatMap(({place, protects}) =>
    matches(value, place)
      .filter(path => !isOff(valueAt(value, path)))
      .map((path): Finding => {
        const refused = forStart && protects === true
        return {
          severity: refused ? 'error' : 'warning',
          code: 'setting.inactive',
          message: refused
            ? `${pathText(path)} protects this proxy, and this version does not use it yet`
            : `${pathText(path)} is valid, but this version does not use it`,
          path,
          at: keySpan(source, path),
          suggestion: refused ? 'remove it, knowing that nothing takes its place' : undefined,
        }
      }),
  )
}

/** Nothing is lost when what is switched off, or empty, is not looked at. */
function isOff(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && (value as {enabled?: unknown}).enabled === false
}
