import {isIP} from 'node:net'
import {AppError} from '../shared/errors.ts'

export interface RedisTarget {
  readonly options: {
    readonly host: string
    readonly port: number
    /** 0: whichever family the name has. */
    readonly family: 0
    readonly db: number
    readonly username?: string
    readonly password?: string
    /** A name is asked for in the handshake; an address has none (RFC 6066, section 3). */
    readonly tls?: {readonly servername?: string}
  }
  /** Takes user and password out of a message. */
  readonly clean: (message: string) => string
}

/**
 * Reads `redis://[user:password@]host[:port][/db]`, and `rediss://` for TLS. The address itself is never part of a
 * message: it may hold a password.
 * @throws AppError `REDIS_URL_INVALID`
 */
export function parseRedisUrl(text: string): RedisTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const db = /^\/?(\d{0,4})$/.exec(url?.pathname ?? '')
  if (url === undefined || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '' || !db) {
    throw new AppError('REDIS_URL_INVALID', 'the URL of Redis is none', {
      fix: 'Write redis://host:6379/0, or rediss:// for TLS; user and password go before the host: redis://user:password@host.',
    })
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const [username, password] = [decode(url.username), decode(url.password)]
  const secrets = [url.password, password].filter(secret => secret !== '')
  return {
    options: {
      host,
      port: url.port === '' ? 6379 : Number(url.port),
      family: 0,
      db: Number(db[1] ?? 0),
      ...(username !== '' && {username}),
      ...(password !== '' && {password}),
      ...(url.protocol === 'rediss:' && {tls: isIP(host) === 0 ? {servername: host} : {}}),
    },
    clean: message => secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), message),
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a bare "%" in a password
  }
}
