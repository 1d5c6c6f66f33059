import type {BackendAnswer} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import {errorValue} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {findValue, stringAt} from '../mcp/splice.ts'

/** What a client says it can be asked: the capabilities that decide what a backend offers and may request. */
export interface ClientProfile {
  /** As the client declared them. */
  readonly capabilities: Readonly<Record<string, unknown>>
  /** Whether a backend may ask it something (sampling, elicitation, roots): then it needs connections of its own. */
  readonly interactive: boolean
  /** Equal for equal capabilities. */
  readonly fingerprint: string
}

const askable = ['sampling', 'elicitation', 'roots'] as const

/** More than this is kept for no session: such a client is taken for one that declares nothing. */
const longestDeclared = 16 * 1024

export function clientProfile(capabilities: unknown): ClientProfile {
  const declared =
    typeof capabilities === 'object' && capabilities !== null ? (capabilities as Record<string, unknown>) : {}
  const fingerprint = canonical(declared)
  if (fingerprint.length > longestDeclared) return clientProfile({})
  return {
    capabilities: declared,
    interactive: askable.some(name => declared[name] !== undefined),
    fingerprint,
  }
}

/** How we introduce ourselves to a backend on behalf of such a client. */
export function identityFor(profile: ClientProfile, own: ClientIdentity): ClientIdentity {
  return {info: own.info, capabilities: profile.capabilities}
}

/** The capability that a question needs; a vendor's own needs none that we know. */
const neededFor: Readonly<Record<string, (typeof askable)[number]>> = {
  'sampling/createMessage': 'sampling',
  'elicitation/create': 'elicitation',
  'roots/list': 'roots',
}

/** A server may only ask for what the client declared; a client that did not may never answer. */
export function canBeAsked({capabilities}: ClientProfile, method: string, params: Buffer | null): boolean {
  const name = Object.hasOwn(neededFor, method) ? neededFor[method] : undefined
  if (name === undefined) return true
  const declared = capabilities[name]
  if (declared === undefined) return false
  if (name !== 'elicitation' || typeof declared !== 'object' || declared === null) return true
  const mode = params && findValue(params, {start: 0, end: params.length}, ['mode'])
  if (params && mode && stringAt(params, mode) === 'url') return 'url' in declared
  // One that declares nothing of modes knows forms (MCP 2025-11-25, "Elicitation", capabilities).
  return 'form' in declared || !('url' in declared)
}

/** What a server gets that asks for something else. */
export function notDeclared(method: string): BackendAnswer {
  const message = `Method not found: the client has not declared the capability that this ${method.slice(0, 128)} needs`
  return {kind: 'error', value: errorValue(rpcCode.methodNotFound, message)}
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
