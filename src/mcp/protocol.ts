/**
 * The two eras of MCP. Legacy: a handshake, sessions, requests in both directions. Modern (2026-07-28): stateless, the
 * envelope in each request's `_meta`.
 */
export type Era = 'legacy' | 'modern'

export const modernVersion = '2026-07-28'

/** Legacy revisions, newest first: the first one is offered to backends. */
export const legacyVersions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const
export const newestLegacyVersion = legacyVersions[0]

/** Revision identifiers are dates, so text order is time order. */
export function eraOfVersion(version: string): Era {
  return version >= modernVersion ? 'modern' : 'legacy'
}

/** What we answer to a legacy `initialize`: the client's revision where we know it, else our newest. */
export function negotiateLegacy(requested: string): string {
  return isLegacyVersion(requested) ? requested : newestLegacyVersion
}

export function isLegacyVersion(version: string): boolean {
  return (legacyVersions as readonly string[]).includes(version)
}

/** Keys of `_meta` (MCP 2026-07-28, per-request envelope). */
export const metaKey = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const

/** JSON-RPC codes, the ones that MCP reserves, and those of the range left to implementations (-32000..-32019). */
export const rpcCode = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  serverError: -32000,
  backendTimeout: -32001,
  noBackend: -32002,
  authenticationFailed: -32003,
  rateLimited: -32004,
  /** The request was written to the backend and its outcome is unknown. */
  ambiguousDelivery: -32005,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022,
  /** 2025-11-25 only; the modern era asks in a round. */
  urlElicitationRequired: -32042,
} as const
