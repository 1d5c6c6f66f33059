import type {ApiKeys} from './api-keys.ts'
import type {ClientCertificate} from './client-certificate.ts'
import type {Credential} from './credential.ts'
import {denied, type Verdict} from './identity.ts'

/** Checks a JWT. A token that was checked before is answered at once. */
export interface TokenVerifier {
  verify(token: string): Verdict | Promise<Verdict>
}

export interface AuthenticatorParts {
  readonly keys: ApiKeys
  readonly tokens: TokenVerifier | undefined
  /** Present where a client certificate is a proof: the roles of each name it may hold. */
  readonly certificates: Readonly<Record<string, readonly string[]>> | undefined
}

/** Three parts of base64url with dots between: no API key of ours looks like that. */
const looksLikeJwt = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/

/** Says who somebody is by what was shown. An explicit credential decides over the certificate of the connection. */
export class Authenticator {
  readonly #parts: AuthenticatorParts
  readonly #hint: string

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts
    const ways = [
      ...(parts.keys.size > 0 ? ['an API key in X-API-Key or Authorization: Bearer'] : []),
      ...(parts.tokens === undefined ? [] : ['a token in Authorization: Bearer']),
      ...(parts.certificates === undefined ? [] : ['a client certificate on the TLS port']),
    ]
    this.#hint =
      ways.length === 0
        ? 'Authentication required, and no way to authenticate is configured'
        : `Authentication required: send ${ways.join(', or ')}`
  }

  /** Not a promise where none is needed: an API key costs one hash. */
  identify(credential: Credential, certificate: ClientCertificate): Verdict | Promise<Verdict> {
    // Whoever shows a certificate that is not good is not let in with something else.
    if (certificate.kind === 'refused')
      return denied('CertificateRefused', 'Client certificate refused', certificate.why)
    switch (credential.kind) {
      case 'none':
        return this.#byCertificate(certificate)
      case 'unreadable':
        return denied('CredentialsUnreadable', `Credentials cannot be read: ${credential.why}`, credential.why)
      case 'api-key':
        return this.#byKey(credential.value)
      case 'bearer':
        return this.#byBearer(credential.value)
    }
  }

  #byBearer(value: string): Verdict | Promise<Verdict> {
    const {tokens, keys} = this.#parts
    if (looksLikeJwt.test(value)) {
      if (tokens !== undefined) return tokens.verify(value)
      return denied(
        'InvalidApiKey',
        'Invalid API key',
        'the bearer is a JWT, and neither auth.jwt nor auth.oauth is set',
      )
    }
    if (keys.size > 0 || tokens === undefined) return this.#byKey(value)
    return denied('TokenSignature', 'JWT signature verification failed', 'the bearer is no JWT')
  }

  #byKey(key: string): Verdict {
    const identity = this.#parts.keys.find(key)
    if (identity !== undefined) return {ok: true, identity}
    return denied('InvalidApiKey', 'Invalid API key', 'no entry of auth.api_keys has the hash of this key')
  }

  #byCertificate(certificate: ClientCertificate): Verdict {
    const {certificates} = this.#parts
    if (certificate.kind !== 'verified' || certificates === undefined)
      return denied('CredentialsMissing', this.#hint, 'the request holds no credentials')
    const roles = certificate.names.flatMap(name =>
      Object.hasOwn(certificates, name) ? (certificates[name] ?? []) : [],
    )
    return {ok: true, identity: {principal: `cert:${certificate.name}`, roles}}
  }
}
