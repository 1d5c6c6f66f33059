import {hash} from 'node:crypto'
import type {TokenVerifier} from '../authenticator.ts'
import {denied, type Verdict} from '../identity.ts'
import type {KeySource} from './key-source.ts'
import {type VerifyOptions, verifyJwt} from './verify-jwt.ts'

interface Checked {
  readonly verdict: Verdict
  readonly keys: KeySource | undefined
  readonly generation: number
  /** Of a good one: its own end, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** Of a bad one: until when it need not be looked at again, by a clock that does not jump. */
  readonly badUntil: number
}

export interface CachedTokensOptions extends VerifyOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number
}

const maxTokens = 2_000
/** A client that goes on with a bad token costs one check in this time. */
const badForMs = 5_000

/** Remembers by its hash what a token was found to be, so that a call after the first costs no signature. */
export class CachedTokens implements TokenVerifier {
  readonly #options: CachedTokensOptions
  readonly #checked = new Map<string, Checked>()
  readonly #checking = new Map<string, Promise<Verdict>>()

  constructor(options: CachedTokensOptions) {
    this.#options = options
  }

  verify(token: string): Verdict | Promise<Verdict> {
    const digest = hash('sha256', token, 'base64')
    const known = this.#checked.get(digest)
    if (known !== undefined && (known.keys === undefined || known.keys.generation === known.generation)) {
      const {ok} = known.verdict
      const holds = ok ? this.#options.wallMs() < known.expiresAt : this.#options.now() < known.badUntil
      if (holds) return known.verdict
      if (ok) return denied('TokenExpired', 'OAuth token expired', 'it has just expired')
    }
    let checking = this.#checking.get(digest)
    if (checking === undefined) {
      checking = this.#check(token, digest).finally(() => this.#checking.delete(digest))
      this.#checking.set(digest, checking)
    }
    return checking
  }

  async #check(token: string, digest: string): Promise<Verdict> {
    const {verdict, expiresAt, keys, generation} = await verifyJwt(token, this.#options)
    const checked = {verdict, keys, generation, expiresAt, badUntil: this.#options.now() + badForMs}
    // A token that was refused for want of a key is good as soon as the key is there.
    const mayMend =
      !verdict.ok && (verdict.denial.kind === 'TokenKeysUnavailable' || verdict.denial.kind === 'TokenNotYetValid')
    if (mayMend) return verdict
    this.#checked.delete(digest)
    if (this.#checked.size >= maxTokens) {
      const oldest = this.#checked.keys().next().value
      if (oldest !== undefined) this.#checked.delete(oldest)
    }
    this.#checked.set(digest, checked)
    return verdict
  }
}
