/** What a request shows to prove who sends it. */
export type Credential =
  | {readonly kind: 'none'}
  /** From `X-API-Key`. */
  | {readonly kind: 'api-key'; readonly value: string}
  /** From `Authorization: Bearer`: an API key or a JWT. */
  | {readonly kind: 'bearer'; readonly value: string}
  /** Something is there that cannot be read, or is there twice. */
  | {readonly kind: 'unreadable'; readonly why: string}

/** Longer ones are no key, and cost a hash each. */
const longestKey = 512
const longestToken = 12 * 1024

const visibleAscii = /^[\x21-\x7e]+$/
/** RFC 6750, section 2.1: one scheme in any case, spaces, and a token68. */
const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i
const scheme = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: |$)/

const none: Credential = {kind: 'none'}

/**
 * Reads the credential from the headers as they came: Node keeps the first of two `Authorization` headers and drops the
 * other in silence, so that what is checked here and what a proxy in front has checked could differ.
 */
export function readCredential(rawHeaders: readonly string[]): Credential {
  let key: string | undefined
  let authorization: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const length = rawHeaders[i]?.length
    if (length === 9 && rawHeaders[i]?.toLowerCase() === 'x-api-key') {
      if (key !== undefined) return unreadable('there is more than one X-API-Key header')
      key = rawHeaders[i + 1] ?? ''
    } else if (length === 13 && rawHeaders[i]?.toLowerCase() === 'authorization') {
      if (authorization !== undefined) return unreadable('there is more than one Authorization header')
      authorization = rawHeaders[i + 1] ?? ''
    }
  }
  if (key === undefined) return authorization === undefined ? none : fromAuthorization(authorization)
  const trimmed = key.trim()
  if (trimmed === '') return unreadable('X-API-Key is empty')
  if (trimmed.length > longestKey) return unreadable(`X-API-Key is longer than ${longestKey} characters`)
  if (!visibleAscii.test(trimmed)) return unreadable('X-API-Key holds characters that no key has')
  // A password for a proxy in front (Basic) is not ours to read; a second credential for us is a riddle.
  const other = authorization === undefined ? undefined : bearer.exec(authorization.trim())?.[1]
  if (other !== undefined && other !== trimmed)
    return unreadable('X-API-Key and Authorization: Bearer hold two different credentials')
  return {kind: 'api-key', value: trimmed}
}

function fromAuthorization(header: string): Credential {
  const text = header.trim()
  if (text.length > longestToken) return unreadable(`Authorization is longer than ${longestToken} characters`)
  const token = bearer.exec(text)?.[1]
  if (token !== undefined) return {kind: 'bearer', value: token}
  const named = scheme.exec(text)?.[1]
  if (named === undefined) return unreadable('Authorization holds no scheme')
  if (named.toLowerCase() === 'bearer') return unreadable('Authorization: Bearer holds no token that can be read')
  return unreadable('Authorization has another scheme than Bearer')
}

function unreadable(why: string): Credential {
  return {kind: 'unreadable', why}
}
