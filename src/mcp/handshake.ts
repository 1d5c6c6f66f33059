import {CallFailure} from './call-failure.ts'
import type {BackendAnswer, BackendCall, BackendInfo, Implementation} from './connection.ts'
import {
  type Era,
  eraOfVersion,
  legacyVersions,
  metaKey,
  modernVersion,
  newestLegacyVersion,
  rpcCode,
} from './protocol.ts'

/** What we tell a backend of ourselves. */
export interface ClientIdentity {
  readonly info: Implementation
  /** Raw `capabilities`: what of a backend's requests we can serve. */
  readonly capabilities: Readonly<Record<string, unknown>>
}

/** How long a backend may think about `server/discover` before it is taken for a legacy one. */
const discoverTimeoutMs = 1500

/** One request on the transport that is being opened. */
export type Ask = (call: BackendCall) => Promise<BackendAnswer>

/** The modern envelope of a request that we originate. */
export function envelopeParams(identity: ClientIdentity, extra: Readonly<Record<string, unknown>> = {}): Buffer {
  return Buffer.from(JSON.stringify({...extra, _meta: envelopeMeta(identity)}))
}

export function envelopeMeta(identity: ClientIdentity): Record<string, unknown> {
  return {
    [metaKey.protocolVersion]: modernVersion,
    [metaKey.clientInfo]: identity.info,
    [metaKey.clientCapabilities]: identity.capabilities,
  }
}

/**
 * Asks a modern backend who it is.
 * @returns undefined when the answer shows a legacy backend: an error, or no answer in time
 * @throws CallFailure when the transport failed
 */
export async function discover(
  ask: Ask,
  identity: ClientIdentity,
  timeoutMs: number,
): Promise<BackendInfo | undefined> {
  const question: BackendCall = {
    method: 'server/discover',
    params: envelopeParams(identity),
    timeoutMs: Math.min(discoverTimeoutMs, timeoutMs),
  }
  let answer: BackendAnswer
  try {
    answer = await ask(question)
    // It refused our version and names it as one that it supports: once more is worth a try.
    if (answer.kind === 'error' && supportsOurs(answer.value)) answer = await ask(question)
  } catch (error) {
    if (error instanceof CallFailure && error.kind === 'BackendTimeout') return undefined
    throw error
  }
  if (answer.kind === 'error') return undefined
  const result = parseObject(answer.value)
  const versions = Array.isArray(result?.supportedVersions) ? result.supportedVersions : []
  if (!versions.includes(modernVersion)) return undefined
  const meta = asObject(result?._meta)
  return backendInfo('modern', modernVersion, result, meta?.[metaKey.serverInfo])
}

/** Whether an error is UnsupportedProtocolVersion with our version among `data.supported`. */
function supportsOurs(error: Buffer): boolean {
  const parsed = parseObject(error)
  const supported = asObject(parsed?.data)?.supported
  return parsed?.code === rpcCode.unsupportedVersion && Array.isArray(supported) && supported.includes(modernVersion)
}

/** The legacy handshake's first half; the caller sends `notifications/initialized`. @throws CallFailure */
export async function initialize(ask: Ask, identity: ClientIdentity, timeoutMs: number): Promise<BackendInfo> {
  const params = {
    protocolVersion: newestLegacyVersion,
    capabilities: identity.capabilities,
    clientInfo: identity.info,
  }
  const answer = await ask({method: 'initialize', params: Buffer.from(JSON.stringify(params)), timeoutMs})
  const result = answer.kind === 'result' ? parseObject(answer.value) : undefined
  const version = result?.protocolVersion
  if (typeof version !== 'string') throw refused(answer)
  if (eraOfVersion(version) === 'modern' || !(legacyVersions as readonly string[]).includes(version)) {
    throw handshakeFailure(
      `it wants protocol version ${version.slice(0, 40)}, which is none of ${legacyVersions.join(', ')}`,
    )
  }
  return backendInfo('legacy', version, result, result?.serverInfo)
}

function refused(answer: BackendAnswer): CallFailure {
  const text = answer.value.toString('utf8', 0, 300)
  return handshakeFailure(
    answer.kind === 'error' ? 'it answered initialize with an error' : 'its initialize result is malformed',
    text,
  )
}

function handshakeFailure(why: string, evidence?: string): CallFailure {
  return new CallFailure(`the handshake failed: ${why}`, {
    kind: 'HandshakeFailed',
    blame: 'backend-logic',
    code: rpcCode.noBackend,
    delivered: 'no',
    ...(evidence !== undefined && {evidence}),
  })
}

function backendInfo(
  era: Era,
  protocolVersion: string,
  result: Record<string, unknown> | undefined,
  implementation: unknown,
): BackendInfo {
  const named = asObject(implementation)
  return {
    era,
    protocolVersion,
    implementation: named ? {name: String(named.name ?? ''), version: String(named.version ?? '')} : null,
    capabilities: asObject(result?.capabilities) ?? {},
    instructions: typeof result?.instructions === 'string' ? result.instructions : null,
  }
}

export function parseObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(bytes.toString('utf8')))
  } catch {
    return undefined // the caller says what it expected
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}
