import {hash} from 'node:crypto'
import type {TokenVerifier} from '../authenticator.ts'
import {denied, type Verdict} from '../identity.ts'
import type {KeySource} from './key-source.ts'
import {type VerifyOptions, verifyJwt} from './verify-jwt.ts'

interface Checked {
  readonly verdict: Verdict
  readonly keys: KeySource | undefined
  readonly generation: number
  /** Milliseconds since the epoch: the token's own end, or for a bad one a few seconds. */
  readonly untilMs: number
}

const maxTokens = 2_000
/** A client that goes on with a bad token costs one check in this time. */
const badForMs = 5_000

/** Remembers by its hash what a token was found to be, so that a call after the first costs no signature. */
export class CachedTokens implements TokenVerifier {
  readonly #options: VerifyOptions
  readonly #checked = new Map<string, Checked>()
  readonly #checking = new Map<string, Promise<Verdict>>()

  constructor(options: VerifyOptions) {
    this.#options = options
  }

  verify(token: string): Verdict | Promise<Verdict> {
    const digest = hash('sha256', token, 'base64')
    const known = this.#checked.get(digest)
    const nowMs = this.#options.wallMs()
    if (known !== undefined && (known.keys === undefined || known.keys.generation === known.generation)) {
      if (nowMs < known.untilMs) return known.verdict
      if (known.verdict.ok) return denied('TokenExpired', 'OAuth token expired', 'it has just expired')
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
    const untilMs = verdict.ok ? expiresAt : this.#options.wallMs() + badForMs
    const checked = {verdict, keys, generation, untilMs}
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
