import type {Clock} from '../shared/clock.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {FetchFault, fetchJson} from './fetch-json.ts'

/** How a backend's token is got (`servers[].auth.oauth`). */
export interface TokenSettings {
  readonly token_url: string
  readonly client_id: string
  readonly client_secret?: string | undefined
  readonly client_auth: 'basic' | 'post'
  readonly refresh_token?: string | undefined
  readonly scope?: string | undefined
}

/** Keeps the refresh token that took the place of the configured one: the configured one is worth nothing from then on. */
export interface RefreshMemory {
  read(): string | undefined
  write(refreshToken: string): void
}

/** What happens to a token beside the calls. */
export interface TokenEvents {
  /** Each text that must never be shown, before it is used. */
  onSecret(text: string): void
  onRefreshed(outcome: RefreshOutcome): void
  /** Told of each refresh that failed, also of one that nobody waits for. */
  onFault(error: unknown): void
  /** The new refresh token could not be kept: it is lost when this process ends. */
  onUnkept(error: unknown): void
}

export interface OutboundTokenOptions {
  readonly settings: TokenSettings
  readonly memory: RefreshMemory
  readonly clock: Clock
  /** Without it a refresh token that cannot be kept fails the refresh. */
  readonly events?: TokenEvents
}

/** What a refresh came to; never the token. */
export interface RefreshOutcome {
  /** ISO-8601 UTC. */
  readonly expiresAt: string
  readonly expiresInMs: number
  /** The server gave another refresh token, which was kept. */
  readonly rotated: boolean
}

interface Held {
  readonly header: string
  readonly expiresAt: number
  /** From then on it is renewed beside the calls. */
  readonly renewAt: number
}

/** What is assumed where the server does not say (RFC 6749, section 5.1, only recommends it). */
const assumedSeconds = 300
const longestSeconds = 365 * 86_400
const retryMs = 10_000
/** After a backend has refused a new token too, it is not given another for so long. */
const mistrustMs = 10_000

/**
 * The access token for one backend: got with the client's credentials or a refresh token, renewed early beside the calls
 * that use the old one, and by one request however many wait.
 */
export class OutboundToken {
  readonly #options: OutboundTokenOptions
  #held: Held | undefined
  #refreshing: Promise<RefreshOutcome> | undefined
  #triedAt = Number.NEGATIVE_INFINITY
  #mistrustedUntil = Number.NEGATIVE_INFINITY
  /** The newest refresh token, where it could not be kept. */
  #unkept: string | undefined

  constructor(options: OutboundTokenOptions) {
    this.#options = options
  }

  /**
   * The value of `Authorization`, without a wait while there is one.
   * @throws AppError `TOKEN_REFUSED`, `TOKEN_UNREACHABLE` (as a rejection)
   */
  authorization(): string | Promise<string> {
    const now = this.#options.clock.now()
    const held = this.#held
    if (held === undefined || now >= held.expiresAt) return this.refresh().then(() => this.#held?.header ?? '')
    // A failure shows when the old one has ended; until then the calls go on.
    if (now >= held.renewAt && now - this.#triedAt > retryMs) this.refresh().catch(() => {})
    return held.header
  }

  /**
   * The backend has refused it (401): the next call gets another.
   * @returns whether it makes sense to try with that one
   */
  forget(header: string): boolean {
    if (this.#options.clock.now() < this.#mistrustedUntil) return false
    if (this.#held?.header === header) this.#held = undefined
    return true
  }

  /** The backend has refused a new one as well: for some time no further one is asked for on its word. */
  mistrust(): void {
    this.#mistrustedUntil = this.#options.clock.now() + mistrustMs
  }

  /** Gets a token now. @throws AppError `TOKEN_REFUSED`, `TOKEN_UNREACHABLE` */
  refresh(): Promise<RefreshOutcome> {
    this.#refreshing ??= this.#noted().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #noted(): Promise<RefreshOutcome> {
    const {events} = this.#options
    try {
      const outcome = await this.#get()
      events?.onRefreshed(outcome)
      return outcome
    } catch (error) {
      events?.onFault(error)
      throw error
    }
  }

  async #get(): Promise<RefreshOutcome> {
    const {settings, clock, events} = this.#options
    this.#triedAt = clock.now()
    const refreshToken = this.#refreshToken()
    const answer = await ask(settings, refreshToken)
    events?.onSecret(answer.access_token)
    const next = answer.refresh_token
    const rotated = typeof next === 'string' && next !== '' && refreshToken !== undefined && next !== refreshToken
    if (rotated) this.#keep(next)
    const seconds = Number(answer.expires_in ?? assumedSeconds)
    const lifeMs = (seconds > 0 ? Math.min(seconds, longestSeconds) : assumedSeconds) * 1000
    const now = clock.now()
    this.#held = {
      header: `Bearer ${answer.access_token}`,
      expiresAt: now + lifeMs,
      renewAt: now + lifeMs - Math.min(60_000, lifeMs / 5),
    }
    return {expiresAt: new Date(clock.wallMs() + lifeMs).toISOString(), expiresInMs: lifeMs, rotated}
  }

  #refreshToken(): string | undefined {
    const {settings, memory, events} = this.#options
    if (settings.refresh_token === undefined) return undefined
    const kept = this.#unkept ?? memory.read()
    if (kept !== undefined) events?.onSecret(kept)
    return kept ?? settings.refresh_token
  }

  /** The server has let the old one go: it counts from now on, kept or not. */
  #keep(refreshToken: string): void {
    const {memory, events} = this.#options
    events?.onSecret(refreshToken)
    this.#unkept = refreshToken
    try {
      memory.write(refreshToken)
      this.#unkept = undefined
    } catch (error) {
      if (events === undefined) throw error
      events.onUnkept(error)
    }
  }
}

interface TokenAnswer {
  readonly access_token: string
  readonly expires_in?: unknown
  readonly refresh_token?: unknown
}

async function ask(settings: TokenSettings, refreshToken: string | undefined): Promise<TokenAnswer> {
  const {token_url, client_id, client_secret, client_auth, scope} = settings
  const form = new URLSearchParams(
    refreshToken === undefined
      ? {grant_type: 'client_credentials'}
      : {grant_type: 'refresh_token', refresh_token: refreshToken},
  )
  if (scope !== undefined) form.set('scope', scope)
  const basic = client_secret !== undefined && client_auth === 'basic'
  if (!basic) form.set('client_id', client_id)
  if (!basic && client_secret !== undefined) form.set('client_secret', client_secret)
  let answer: unknown
  try {
    answer = await fetchJson(token_url, {
      trust: 'operator',
      form,
      timeoutMs: 10_000,
      ...(basic && {headers: {authorization: basicHeader(client_id, client_secret)}}),
    })
  } catch (error) {
    throw failure(error, refreshToken !== undefined)
  }
  const {access_token, token_type} = (answer ?? {}) as Record<string, unknown>
  if (typeof access_token !== 'string' || !/^[\x21-\x7e]{1,8192}$/.test(access_token))
    throw refused('its answer holds no access token', 'Check token_url.')
  if (typeof token_type === 'string' && token_type.toLowerCase() !== 'bearer')
    throw refused('it gives tokens of another type than Bearer', 'Only bearer tokens are spoken here.')
  return answer as TokenAnswer
}

/** RFC 6749, section 2.3.1: each part form-encoded, then base64. */
function basicHeader(id: string, secret: string): string {
  const encoded = [id, secret].map(part => new URLSearchParams({p: part}).toString().slice(2))
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`
}

function failure(error: unknown, refreshing: boolean): AppError {
  const status = error instanceof FetchFault ? error.status : undefined
  if (status === undefined || status >= 500 || status === 429)
    return new AppError('TOKEN_UNREACHABLE', `the token endpoint cannot be asked: ${messageOf(error)}`, {cause: error})
  const said = error instanceof FetchFault ? (error.document as {error?: unknown} | undefined)?.error : undefined
  // The words of the standard; whatever else the server writes could hold what we sent.
  const code = typeof said === 'string' && /^[\w.-]{1,64}$/.test(said) ? said : `HTTP ${status}`
  const fix =
    code === 'invalid_grant' && refreshing
      ? 'The refresh token has ended or was used elsewhere: get another one and put it into servers[].auth.oauth.refresh_token.'
      : 'Check client_id, client_secret and scope in servers[].auth.oauth.'
  return refused(`it answered ${code}`, fix)
}

function refused(why: string, fix: string): AppError {
  return new AppError('TOKEN_REFUSED', `the token endpoint gave no token: ${why}`, {fix, exitCode: exitCode.findings})
}
