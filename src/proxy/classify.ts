import type {IncomingHttpHeaders} from 'node:http'
import type {Envelope} from '../mcp/envelope.ts'
import {
  type Era,
  eraOfVersion,
  isLegacyVersion,
  legacyVersions,
  metaKey,
  modernVersion,
  rpcCode,
} from '../mcp/protocol.ts'
import {findValue, mayHaveMeta, stringAt} from '../mcp/splice.ts'

/** Which era a message belongs to, or why it is refused. */
export type Classified = {readonly era: Era; readonly name: string | null} | {readonly refusal: Refusal}

/** An error of the protocol's edge: with an HTTP status of its own. */
export interface Refusal {
  readonly status: number
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

const legacy: Classified = {era: 'legacy', name: null}

/** Where the value that `Mcp-Name` mirrors stands (MCP 2026-07-28, request headers). */
const nameField: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
])

/**
 * The body decides the era, the headers are checked against it: an envelope in `params._meta` is modern, `initialize`
 * or none is legacy (MCP 2026-07-28, "Request headers" and "Protocol version").
 */
export function classify(body: Buffer, message: Envelope, headers: IncomingHttpHeaders): Classified {
  const header = single(headers['mcp-protocol-version'])
  const claimed = claimedVersion(body, message)
  const method = message.method ?? ''
  if (claimed === undefined) {
    if (header === undefined) return legacy
    // `initialize` negotiates in its params, whatever its header says.
    if (eraOfVersion(header) === 'legacy')
      return method === 'initialize' || isLegacyVersion(header) ? legacy : unknownVersion(header)
    if (message.kind === 'notification') return checkMethod(headers, method) ?? {era: 'modern', name: null}
    if (method === 'initialize') return mismatch(`an initialize request came with MCP-Protocol-Version ${header}`)
    return {
      refusal: {
        status: 400,
        code: rpcCode.invalidParams,
        message: `Invalid params: MCP-Protocol-Version names ${header}, but params._meta lacks ${metaKey.protocolVersion}`,
        data: {missing: [metaKey.protocolVersion]},
      },
    }
  }
  if (typeof claimed !== 'string') return invalidEnvelope(metaKey.protocolVersion, 'expected a string')
  if (eraOfVersion(claimed) === 'legacy') return {era: 'legacy', name: null}
  if (message.kind === 'request' && !hasCapabilities(body, message))
    return invalidEnvelope(metaKey.clientCapabilities, 'expected an object')
  if (header !== undefined && header !== claimed)
    return mismatch(`the body names protocol version ${claimed}, MCP-Protocol-Version ${header}`)
  if (claimed !== modernVersion) return unsupported(claimed)
  const wrongMethod = checkMethod(headers, method)
  if (wrongMethod || message.kind !== 'request') return wrongMethod ?? {era: 'modern', name: null}
  if (header === undefined) return mismatch('the MCP-Protocol-Version header is missing')
  if (headers['mcp-method'] === undefined) return mismatch('the Mcp-Method header is missing')
  return checkName(body, message, headers, method)
}

function checkMethod(headers: IncomingHttpHeaders, method: string): Classified | undefined {
  const header = single(headers['mcp-method'])
  if (header === undefined || header === method) return undefined
  return mismatch(`the body names method ${method}, Mcp-Method ${header}`)
}

function checkName(body: Buffer, message: Envelope, headers: IncomingHttpHeaders, method: string): Classified {
  const field = nameField.get(method)
  const span = field !== undefined && message.params !== null ? findValue(body, message.params, [field]) : null
  const name = span && stringAt(body, span)
  if (field === undefined || name === null) return {era: 'modern', name}
  const header = single(headers['mcp-name'])
  if (header === undefined)
    return mismatch(`params.${field} is ${JSON.stringify(name)}, but the Mcp-Name header is missing`)
  if (decodeSentinel(header) !== name)
    return mismatch(`params.${field} is ${JSON.stringify(name)}, Mcp-Name is ${JSON.stringify(header)}`)
  return {era: 'modern', name}
}

/** @returns the claimed version; undefined without an envelope; null when the key holds no string */
function claimedVersion(body: Buffer, {params}: Envelope): string | null | undefined {
  if (params === null || body[params.start] !== 0x7b || !mayHaveMeta(body)) return undefined
  const span = findValue(body, params, ['_meta', metaKey.protocolVersion])
  if (span === null) return undefined
  return stringAt(body, span)
}

function hasCapabilities(body: Buffer, {params}: Envelope): boolean {
  const span = params && findValue(body, params, ['_meta', metaKey.clientCapabilities])
  return span !== null && body[span.start] === 0x7b
}

const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * The text of a mirrored header: as it stands, or from `=?base64?…?=` (MCP 2026-07-28, "Value encoding").
 * @returns undefined when the sentinel holds no canonical base64
 */
export function decodeSentinel(header: string): string | undefined {
  const text = header.trim()
  if (!text.startsWith('=?base64?') || !text.endsWith('?=')) return text
  const encoded = text.slice(9, -2)
  return canonicalBase64.test(encoded) ? Buffer.from(encoded, 'base64').toString('utf8') : undefined
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value?.trim()
}

function mismatch(what: string): Classified {
  return {refusal: {status: 400, code: rpcCode.headerMismatch, message: `Header mismatch: ${what}`}}
}

/** MCP 2025-06-18 and 2025-11-25, "Protocol Version Header": an unsupported one MUST get 400. */
function unknownVersion(header: string): Classified {
  const supported = legacyVersions.join(', ')
  const message = `Unsupported protocol version: MCP-Protocol-Version names ${header.slice(0, 64)}; supported are ${supported}, ${modernVersion}`
  return {refusal: {status: 400, code: rpcCode.serverError, message}}
}

function invalidEnvelope(key: string, problem: string): Classified {
  const message = `Invalid params: params._meta["${key}"]: ${problem}`
  return {refusal: {status: 400, code: rpcCode.invalidParams, message, data: {key, problem}}}
}

function unsupported(requested: string): Classified {
  return {
    refusal: {
      status: 400,
      code: rpcCode.unsupportedVersion,
      message: 'Unsupported protocol version',
      data: {supported: [modernVersion], requested},
    },
  }
}
