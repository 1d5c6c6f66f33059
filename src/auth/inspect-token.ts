import {formatDuration} from '../shared/duration.ts'

export interface TokenFacts {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What stands out, worst first, in words. */
  readonly notes: readonly TokenNote[]
  /** ISO-8601 UTC; null where the token does not say. */
  readonly issuedAt: string | null
  readonly notBefore: string | null
  readonly expiresAt: string | null
}

export interface TokenNote {
  readonly status: 'fail' | 'warn' | 'info'
  readonly text: string
}

/** What a JWT says of itself, believed or not. @returns undefined where the text is none */
export function decodeToken(text: string, nowMs: number): TokenFacts | undefined {
  const parts = text.split('.')
  const [header, claims] = [jsonPart(parts[0]), jsonPart(parts[1])]
  if (parts.length !== 3 || header === undefined || claims === undefined) return undefined
  const notes: TokenNote[] = []
  const {exp, nbf, iat} = claims
  if (isTime(exp)) {
    const restMs = exp * 1000 - nowMs
    if (restMs <= 0) notes.push({status: 'fail', text: `it expired ${formatDuration(-restMs)} ago`})
    else notes.push({status: 'info', text: `it expires in ${formatDuration(restMs)}`})
  } else notes.push({status: 'warn', text: 'it never expires (no exp): this proxy refuses it'})
  if (isTime(nbf) && nbf * 1000 > nowMs)
    notes.push({status: 'fail', text: `it is not valid yet, for another ${formatDuration(nbf * 1000 - nowMs)}`})
  if (isTime(iat) && iat * 1000 > nowMs + 60_000)
    notes.push({
      status: 'fail',
      text: `it was issued in the future, in ${formatDuration(iat * 1000 - nowMs)}: check the clocks`,
    })
  const alg = typeof header.alg === 'string' ? header.alg : ''
  if (/^none$/i.test(alg) || parts[2] === '')
    notes.push({status: 'fail', text: 'it is not signed: anybody could have written it'})
  else if (/^HS/.test(alg))
    // For a server it may be right: this proxy refuses it where it verifies tokens at all.
    notes.push({status: 'warn', text: `it is signed with a shared secret (${alg}): this proxy takes public keys only`})
  return {
    header,
    claims,
    notes: notes.sort((a, b) => rank[a.status] - rank[b.status]),
    issuedAt: timeText(iat),
    notBefore: timeText(nbf),
    expiresAt: timeText(exp),
  }
}

const rank = {fail: 0, warn: 1, info: 2} as const

/** The last moment that a date can be; a claim may hold any number. */
const lastMs = 8.64e15

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value * 1000) <= lastMs
}

function timeText(value: unknown): string | null {
  return isTime(value) ? new Date(value * 1000).toISOString() : null
}

function jsonPart(part: string | undefined): Record<string, unknown> | undefined {
  if (part === undefined || !/^[A-Za-z0-9_-]+$/.test(part)) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined // not JSON: no token
  }
}
