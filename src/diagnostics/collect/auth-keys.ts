import {messageOf} from '../../shared/errors.ts'
import type {Collector} from '../live-facts.ts'
import {readSmallFile} from './small-file.ts'

/** The issuer's keys in `auth.jwt.key_file`. */
export const authKeyFile: Collector<'auth.key_file'> = {
  kind: 'auth.key_file',
  timeoutMs: 2000,
  async collect(path) {
    if (path === '') return {state: 'absent', why: 'no key file is configured'}
    const file = readSmallFile(path)
    if (file.state !== 'known') return file
    const {KeySet} = await import('../../auth/jwt/key-set.ts')
    try {
      return {state: 'known', value: {keys: KeySet.fromFile(file.bytes.toString('utf8')).size}}
    } catch (error) {
      return {state: 'error', why: `${path} holds no public key: ${messageOf(error)}`}
    }
  },
}

/** The keys that an issuer publishes. */
export const authJwks: Collector<'auth.jwks'> = {
  kind: 'auth.jwks',
  timeoutMs: 6000,
  async collect(url, {clock}) {
    const {fetchJson} = await import('../../auth/fetch-json.ts')
    const started = clock.now()
    try {
      const document = await fetchJson(url, {trust: 'operator'})
      const keys = typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined
      if (!Array.isArray(keys)) return {state: 'error', why: `${url} answers, but with no set of keys`}
      return {state: 'known', value: {keys: keys.length, ms: Math.round(clock.now() - started)}}
    } catch (error) {
      return {state: 'absent', why: messageOf(error)}
    }
  },
}
