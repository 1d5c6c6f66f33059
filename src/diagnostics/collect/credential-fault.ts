import {formatDuration} from '../../shared/duration.ts'

/**
 * What is wrong with a token or an Authorization header, as far as looking at it tells: how it was pasted, or that it has
 * expired by its own word. Nothing of it is in the answer, which goes on from "the token".
 *
 * @param credential the value as it is sent, its scheme included where it has one
 */
export function credentialFault(credential: string, wallMs: number): string | null {
  if (/[\r\n]/.test(credential)) return 'holds a line break'
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(credential)) return 'holds a control character'
  const token = credential.replace(/^(?:bearer|token|basic) +/i, '')
  if (/^(?:bearer|token|basic) /i.test(token)) return 'begins with the name of a scheme, which is sent anyway'
  if (/^(["'`]).*\1$/.test(token)) return 'stands in quotation marks, which are sent along'
  if (token !== token.trim()) return 'has spaces around it'
  if (/^<.*>$|^(?:your|my)[-_].*(?:key|token)|^(?:changeme|change-me|xxx+|todo)$/i.test(token))
    return 'is a placeholder'
  return expiry(token, wallMs)
}

/** Of a JWT, by its `exp` (RFC 7519, section 4.1.4). */
function expiry(token: string, wallMs: number): string | null {
  const [, payload = '', ...rest] = token.split('.')
  if (rest.length !== 1 || payload.length > 16_384) return null
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined
    if (typeof exp !== 'number' || !(exp * 1000 < wallMs)) return null
    return `expired ${formatDuration(wallMs - exp * 1000)} ago`
  } catch {
    return null // no JWT: it tells nothing
  }
}
