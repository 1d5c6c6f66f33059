import type {ClientIdentity} from '../mcp/handshake.ts'

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

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
