import type {IncomingMessage} from 'node:http'
import type {TLSSocket} from 'node:tls'
import {type Access, accessBook, type RoleRule} from '../../auth/access.ts'
import type {Authenticator} from '../../auth/authenticator.ts'
import {type ClientCertificate, clientCertificate} from '../../auth/client-certificate.ts'
import {readCredential} from '../../auth/credential.ts'
import {anonymous, type Denial, type Verdict} from '../../auth/identity.ts'
import type {KeySourceState} from '../../auth/jwt/key-source.ts'
import type {TrustedIssuer} from '../../auth/jwt/verify-jwt.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import type {ListSource} from '../client-scope.ts'
import type {Services} from '../method-call.ts'
import type {OpenRequest} from '../open-request.ts'
import {challenge} from './challenge.ts'
import type {Limits} from './limits.ts'
import {RestrictedView} from './restricted-view.ts'

export interface GateOptions {
  /** undefined: nobody has to prove anything. */
  readonly authenticator: Authenticator | undefined
  readonly roles: Readonly<Record<string, RoleRule>>
  /** Whose tokens are taken; for consoles. */
  readonly issuers: readonly TrustedIssuer[]
  readonly limits: Limits
  /** Refused attempts by kind that an earlier gate has counted. */
  readonly failures?: Map<string, number> | undefined
  readonly services: Services
  /** Where a client finds how to get a token (RFC 9728). */
  readonly metadataUrl?: string | undefined
  /** What a token has to be asked for. */
  readonly scope?: string | undefined
  readonly wallMs?: () => number
}

/** How a request is sent away. */
export interface Refusal {
  readonly status: 401 | 403 | 429
  readonly code: number
  readonly kind: string
  readonly message: string
  /** For the log. */
  readonly detail: string
  readonly headers: Readonly<Record<string, string>>
  readonly retryAfterMs?: number
}

/** What became of the credentials, for metrics and consoles. */
export interface GateReport {
  /** Refused attempts by kind. */
  readonly failures: ReadonlyMap<string, number>
  readonly limited: number
  readonly authenticates: boolean
  readonly issuers: readonly (KeySourceState & {readonly issuer: string})[]
}

/** Paths that want credentials; `/health` wants none, and says what it thinks of those it gets. */
const protectedPaths = new Set(['/mcp', '/api/tools/list'])

interface Admitted {
  readonly principal: string
  readonly view: RestrictedView | undefined
}

const plainSocket: ClientCertificate = {kind: 'none'}

/** Kept at the request itself: a weak map would be work for each garbage collection. */
const admitted = Symbol('admitted')

interface GatedRequest extends IncomingMessage {
  [admitted]?: Admitted
}

const nobody: Admitted = {principal: anonymous, view: undefined}

/** Stands between the listener and everything behind it: who may come in, how often, and what they then see. */
export class AccessGate {
  readonly #options: GateOptions
  readonly #wallMs: () => number
  readonly #accessOf: ((roles: readonly string[]) => Access) | undefined
  readonly #views = new Map<string, RestrictedView>()
  readonly #failures: Map<string, number>

  constructor(options: GateOptions) {
    this.#options = options
    this.#failures = options.failures ?? new Map()
    this.#wallMs = options.wallMs ?? Date.now
    this.#accessOf = options.authenticator && accessBook(options.roles)
  }

  /** What a later gate may go on with. */
  get lasting() {
    const {authenticator, issuers, limits} = this.#options
    return {authenticator, issuers, limits, failures: this.#failures}
  }

  get report(): GateReport {
    const {limits, authenticator, issuers} = this.#options
    return {
      failures: this.#failures,
      limited: limits.exceeded,
      authenticates: authenticator !== undefined,
      issuers: issuers.map(({issuer, keys}) => ({issuer, ...keys.state})),
    }
  }

  /** @returns undefined to let it in; a promise only where a token has to be verified */
  admit(
    request: IncomingMessage,
    path: string,
    record: OpenRequest,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    const {authenticator, limits} = this.#options
    const wanted = protectedPaths.has(path)
    if (!wanted && (path !== '/health' || authenticator === undefined)) return undefined
    const waitMs = wanted ? limits.address(record.client) : 0
    if (waitMs > 0) return this.#limited('address', waitMs)
    if (authenticator === undefined) return this.#limitedPrincipal(anonymous)
    const credential = readCredential(request.rawHeaders)
    const certificate = this.#certificate(request)
    if (!wanted && credential.kind === 'none' && certificate.kind !== 'refused') return undefined
    const verdict = authenticator.identify(credential, certificate)
    if (verdict instanceof Promise) return verdict.then(late => this.#decide(late, request, record, wanted))
    return this.#decide(verdict, request, record, wanted)
  }

  principalOf(request: GatedRequest): string {
    return (request[admitted] ?? nobody).principal
  }

  /** What the sender may see; undefined for everything. */
  viewOf(request: GatedRequest): RestrictedView | undefined {
    return request[admitted]?.view
  }

  /** The lists as the sender may see them. */
  listsFor(request: IncomingMessage, lists: ListSource): ListSource {
    return this.viewOf(request)?.lists(lists) ?? lists
  }

  #decide(verdict: Verdict, request: GatedRequest, record: OpenRequest, wanted: boolean): Refusal | undefined {
    if (!verdict.ok) return this.#denied(verdict.denial, 401, record)
    const {principal, roles} = verdict.identity
    record.principal = principal
    const access = this.#accessOf?.(roles)
    if (wanted && access?.some === false) {
      const detail =
        roles.length === 0
          ? `${principal} has no role`
          : `${principal} has roles that auth.roles does not name: ${roles.slice(0, 8).join(', ')}`
      return this.#denied({kind: 'NoRole', message: 'No role allows this principal anything', detail}, 403, record)
    }
    request[admitted] = {principal, view: access && this.#view(access)}
    return wanted ? this.#limitedPrincipal(principal) : undefined
  }

  #view(access: Access): RestrictedView {
    let view = this.#views.get(access.key)
    if (view === undefined) {
      if (this.#views.size >= 256) this.#views.clear()
      view = new RestrictedView(access, this.#options.services)
      this.#views.set(access.key, view)
    }
    return view
  }

  #certificate({socket}: IncomingMessage): ClientCertificate {
    // Without loading the TLS module where nobody speaks it.
    return 'encrypted' in socket ? clientCertificate(socket as TLSSocket, this.#wallMs) : plainSocket
  }

  #denied(denial: Denial, status: 401 | 403, record: OpenRequest): Refusal {
    this.#failures.set(denial.kind, (this.#failures.get(denial.kind) ?? 0) + 1)
    // Whoever shows nothing tries nothing: that is how a client finds out what is wanted.
    const guessing = status === 401 && denial.kind !== 'CredentialsMissing'
    const waitMs = guessing ? this.#options.limits.failed(record.client) : 0
    if (waitMs > 0) return this.#limited('failed attempts', waitMs)
    const {metadataUrl, scope} = this.#options
    return {
      status,
      code: rpcCode.authenticationFailed,
      ...denial,
      headers: {'www-authenticate': challenge(denial, metadataUrl, scope)},
    }
  }

  #limitedPrincipal(principal: string): Refusal | undefined {
    const waitMs = this.#options.limits.principal(principal)
    return waitMs > 0 ? this.#limited('principal', waitMs) : undefined
  }

  #limited(what: string, waitMs: number): Refusal {
    return {
      status: 429,
      code: rpcCode.rateLimited,
      kind: what === 'failed attempts' ? 'TooManyFailures' : 'RateLimited',
      message: 'Rate limit exceeded',
      detail: `the limit per ${what} is used up for ${Math.ceil(waitMs)} ms`,
      headers: {'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000)))},
      retryAfterMs: Math.ceil(waitMs),
    }
  }
}
