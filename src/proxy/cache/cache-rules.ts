import {findValue} from '../../mcp/splice.ts'
import {matchesAnyGlob} from '../../shared/star-glob.ts'
import type {Backend} from '../backend.ts'
import type {MethodCall} from '../method-call.ts'
import {isFallback, type Target} from '../server-group.ts'

/** Who may get an answer that was given to somebody else. */
export type Sharing = 'anyone' | 'principal' | 'nobody'

export interface Verdict {
  /** How long it may be kept; 0 for not at all. */
  readonly ttlMs: number
  readonly sharing: Sharing
}

/** Questions that change nothing, and that clients therefore ask at the same time without harm. */
const reads = new Set(['resources/read', 'prompts/get', 'completion/complete'])

export function isRead(method: string): boolean {
  return reads.has(method)
}

/** Whether the operator (for tools: and the server) lets answers of this kind be kept, before there is one. */
export function mayKeep(method: string, targets: readonly Target[]): boolean {
  switch (method) {
    case 'resources/read':
      return targets.every(({backend, key}) => matchesAnyGlob(backend.config.resources?.cache ?? everything, key))
    case 'prompts/get':
      return targets.every(({backend, key}) => matchesAnyGlob(backend.config.prompts?.cache ?? nothing, key))
    case 'tools/call':
      return targets.every(({backend, key}) => isKeptTool(backend, key))
    default:
      return false
  }
}

const everything = ['*']
const nothing: readonly string[] = []

/** By a pattern only what the server itself calls read-only; by its full name whatever the server does not call otherwise. */
function isKeptTool(backend: Backend, name: string): boolean {
  const patterns = backend.config.tools?.cache ?? nothing
  if (patterns.length === 0 || !matchesAnyGlob(patterns, name)) return false
  const tool = backend.toolBytes(name)
  const hint = (key: string): string | undefined => {
    const span = tool && findValue(tool, {start: 0, end: tool.length}, ['annotations', key])
    return tool && span ? tool.toString('latin1', span.start, span.end) : undefined
  }
  if (hint('destructiveHint') === 'true' && hint('readOnlyHint') !== 'true') return false
  return hint('readOnlyHint') === 'true' || (patterns.includes(name) && hint('readOnlyHint') === undefined)
}

/**
 * What may be done with a result. A modern server says so itself for what it lets be read (MCP 2026-07-28, "Caching":
 * without `ttlMs` it is stale at once, without `cacheScope` private); a legacy one cannot, and the operator's time counts.
 * @param result as the server sent it
 */
export function judge(
  method: string,
  backend: Backend,
  era: 'legacy' | 'modern',
  result: Buffer,
  longestMs: number,
): Verdict {
  const whole = {start: 0, end: result.length}
  const text = (key: string): string | undefined => {
    const span = result[0] === openBrace ? findValue(result, whole, [key]) : null
    return span === null ? undefined : result.toString('latin1', span.start, span.end)
  }
  const type = text('resultType')
  // It needs input, or goes on as a task: what follows belongs to whoever asked.
  if (type !== undefined && type !== '"complete"') return {ttlMs: 0, sharing: 'nobody'}
  if (text('isError') === 'true') return {ttlMs: 0, sharing: 'principal'}
  const sharing = era === 'modern' && text('cacheScope') === '"public"' ? 'anyone' : 'principal'
  // What stands in for a server that is away is not what that one says.
  if (isFallback(backend)) return {ttlMs: 0, sharing}
  const says = era === 'modern' && (method === 'resources/read' || text('ttlMs') !== undefined)
  const ttlMs = Number(text('ttlMs') ?? 0)
  if (!says) return {ttlMs: longestMs, sharing}
  return {ttlMs: Number.isFinite(ttlMs) && ttlMs > 0 ? Math.min(ttlMs, longestMs) : 0, sharing}
}

const openBrace = 0x7b

/**
 * A client that can be asked things has connections of its own to legacy servers, where its answers are part of the
 * outcome; modern servers tell by `resultType` when they want to ask.
 */
export function belongsToCaller({profile, context}: MethodCall, targets: readonly Target[]): boolean {
  if (!profile.interactive) return false
  return context.era === 'legacy' || !targets.every(({backend}) => backend.info?.era === 'modern')
}
