import {createPublicKey, X509Certificate} from 'node:crypto'
import type {CryptoKey, JWK} from 'jose'
import {algorithmsOf} from './algorithms.ts'

/** What is wrong with keys: a sentence without any key material. */
export class KeyFault extends Error {
  override readonly name = 'KeyFault'
}

const maxKeys = 100
const shortestRsaBits = 2048

/** Public keys to verify tokens with. */
export class KeySet {
  readonly #keys: readonly JWK[]
  readonly #imported = new Map<string, Promise<CryptoKey | undefined>>()

  private constructor(keys: readonly JWK[]) {
    this.#keys = keys
  }

  /**
   * From a JWK set or a single JWK. Keys of types that are not used here are passed over, as RFC 7517 asks.
   * @throws KeyFault
   */
  static fromJwks(document: unknown): KeySet {
    const whole = record(document)
    const list = Array.isArray(whole?.keys) ? whole.keys : whole?.kty === undefined ? undefined : [whole]
    if (list === undefined) throw new KeyFault('it is no JWK set: the member "keys" is missing')
    if (list.length > maxKeys) throw new KeyFault(`it holds more than ${maxKeys} keys`)
    const keys = list.flatMap(each => publicPart(record(each)) ?? [])
    if (keys.length === 0)
      throw new KeyFault(`none of its ${list.length} keys can verify a signature (RSA from 2048 bits, EC or Ed25519)`)
    return new KeySet(keys)
  }

  /** From a file: PEM (public keys or certificates, several too) or JSON. @throws KeyFault */
  static fromFile(text: string): KeySet {
    if (text.trimStart().startsWith('{')) {
      let document: unknown
      try {
        document = JSON.parse(text)
      } catch {
        throw new KeyFault('it is no valid JSON') // the parser's own message would show the text
      }
      return KeySet.fromJwks(document)
    }
    const blocks = text.match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g) ?? []
    if (blocks.length === 0) throw new KeyFault('it holds neither PEM nor a JWK')
    return KeySet.fromJwks({keys: blocks.slice(0, maxKeys + 1).map(jwkOfPem)})
  }

  get size(): number {
    return this.#keys.length
  }

  get ids(): readonly string[] {
    return this.#keys.flatMap(key => key.kid ?? [])
  }

  /** The keys that a token with this header may be signed with. A key without an id answers to any. */
  async candidates(kid: string | undefined, algorithm: string): Promise<CryptoKey[]> {
    const fitting = this.#keys.filter(
      key =>
        algorithmsOf(key).includes(algorithm) &&
        (key.alg === undefined || key.alg === algorithm) &&
        (kid === undefined || key.kid === undefined || key.kid === kid),
    )
    const keys = await Promise.all(fitting.map(key => this.#cryptoKey(key, algorithm)))
    return keys.filter(key => key !== undefined)
  }

  #cryptoKey(key: JWK, algorithm: string): Promise<CryptoKey | undefined> {
    const name = `${this.#keys.indexOf(key)} ${algorithm}`
    let imported = this.#imported.get(name)
    if (imported === undefined) {
      imported = import('jose')
        .then(({importJWK}) => importJWK({...key, alg: algorithm}, algorithm))
        .then(
          made => (made instanceof Uint8Array ? undefined : made),
          () => undefined, // a broken key among good ones verifies nothing
        )
      this.#imported.set(name, imported)
    }
    return imported
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

/** Only what verifies: a private key that somebody published by mistake is not kept. */
function publicPart(key: Record<string, unknown> | undefined): JWK | undefined {
  if (key === undefined || algorithmsOf(key).length === 0) return undefined
  if (key.use !== undefined && key.use !== 'sig') return undefined
  if (Array.isArray(key.key_ops) && !key.key_ops.includes('verify')) return undefined
  const members = key.kty === 'RSA' ? ['n', 'e'] : key.kty === 'EC' ? ['x', 'y'] : ['x']
  if (members.some(member => typeof key[member] !== 'string')) return undefined
  if (key.kty === 'RSA' && Buffer.from(String(key.n), 'base64url').length * 8 < shortestRsaBits) return undefined
  const kept = ['kty', 'crv', 'kid', 'alg', ...members]
  return Object.fromEntries(kept.flatMap(name => (typeof key[name] === 'string' ? [[name, key[name]]] : []))) as JWK
}

function jwkOfPem(block: string): JWK {
  if (/PRIVATE KEY/.test(block.slice(0, 64)))
    throw new KeyFault('it holds a private key; verifying needs the public one: openssl pkey -in FILE -pubout')
  try {
    const key = block.startsWith('-----BEGIN CERTIFICATE')
      ? new X509Certificate(block).publicKey
      : createPublicKey(block)
    return key.export({format: 'jwk'}) as JWK
  } catch {
    throw new KeyFault('a PEM block in it is no public key and no certificate')
  }
}
