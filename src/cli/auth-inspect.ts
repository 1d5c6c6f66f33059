import {homedir} from 'node:os'
import {ApiKeys} from '../auth/api-keys.ts'
import {decodeToken, type TokenFacts} from '../auth/inspect-token.ts'
import {configNotFound, discoverConfig} from '../config/discover.ts'
import {loadConfig} from '../config/load.ts'
import {invalidConfig} from '../config/loaded-config.ts'
import type {Config} from '../config/schema.ts'
import {systemClock} from '../shared/clock.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {printJson, printLine} from './output.ts'
import {readSecret} from './read-secret.ts'

export interface InspectRequest {
  /** The variable that holds the token; stdin without it. */
  readonly env: string | undefined
  readonly config: string | undefined
  readonly json: boolean
}

/** What the keys of the configuration make of it. */
export interface Verification {
  readonly state: 'good' | 'refused' | 'not-checked'
  readonly summary: string
  readonly principal: string | null
  readonly roles: readonly string[]
}

/**
 * A token on the command line is in the list of processes and in the history of the shell by now.
 * @throws AppError `TOKEN_ON_COMMAND_LINE`
 */
export function refuseArgument(): never {
  throw new AppError('TOKEN_ON_COMMAND_LINE', 'a token is not taken from the command line, where others can read it', {
    exitCode: exitCode.usage,
    fix: 'Pipe it in, or name its variable with --env NAME; and have it renewed: it is in the history of the shell now.',
  })
}

/** Shows what a token or key is. Exit 1 for one that is not good. @throws AppError `NO_SECRET`, `CONFIG_NOT_FOUND`, `CONFIG_INVALID` */
export async function inspectCredential(request: InspectRequest): Promise<void> {
  const text = await credentialOf(request.env)
  const auth = authOf(request.config)
  const token = decodeToken(text, Date.now())
  const verification = typeof auth === 'string' ? notChecked(auth) : await verify(text, token, auth)
  const bad = verification.state === 'refused' || token?.notes.some(({status}) => status === 'fail') === true
  if (bad) process.exitCode = exitCode.findings
  if (request.json) return printJson({kind: token === undefined ? 'opaque' : 'jwt', ...token, verification})
  for (const line of lines(token, verification)) printLine(line)
}

async function credentialOf(variable: string | undefined): Promise<string> {
  const text = variable === undefined ? await readSecret('the token') : process.env[variable]?.trim()
  if (text === undefined || text === '')
    throw new AppError('NO_SECRET', `the variable ${safeText(variable ?? '', {max: 100})} is not set`, {
      exitCode: exitCode.usage,
    })
  return text.replace(/^bearer +/i, '')
}

type Auth = NonNullable<Config['auth']>

/** The configured ways to verify, or why there is none. */
function authOf(flag: string | undefined): Auth | string {
  const place = discoverConfig({flag, env: process.env, cwd: process.cwd(), home: homedir()})
  if ('tried' in place) {
    if (flag !== undefined) throw configNotFound(place.tried)
    return 'no configuration was found; --config FILE names one'
  }
  const loaded = loadConfig(place.found, {env: process.env})
  if (!loaded.ok) {
    if (flag !== undefined) throw invalidConfig(loaded)
    return `the configuration ${place.found} cannot be used`
  }
  return loaded.config.auth ?? `the configuration ${place.found} has no auth`
}

async function verify(text: string, token: TokenFacts | undefined, auth: Auth): Promise<Verification> {
  if (token === undefined) {
    const found = new ApiKeys(auth.api_keys).find(text)
    if (found !== undefined) return {state: 'good', summary: 'it is a key of auth.api_keys', ...found}
    return refused('Invalid API key: it is no JWT, and no entry of auth.api_keys has its hash')
  }
  const {trustedIssuers} = await import('../auth/jwt/trusted-issuers.ts')
  const {verifyJwt} = await import('../auth/jwt/verify-jwt.ts')
  const issuers = trustedIssuers({jwt: auth.jwt, oauth: auth.oauth, clock: systemClock, onFault: () => {}})
  if (issuers.length === 0) return notChecked('the configuration has neither auth.jwt nor auth.oauth')
  const {verdict} = await verifyJwt(text, {
    issuers,
    clockSkewMs: auth.jwt?.clock_skew ?? 60_000,
    rolesClaim: auth.jwt?.roles_claim ?? 'roles',
    wallMs: Date.now,
  })
  if (!verdict.ok) return refused(`${verdict.denial.message}: ${verdict.denial.detail}`)
  return {state: 'good', summary: 'signature, issuer, audience and times are good', ...verdict.identity}
}

function notChecked(summary: string): Verification {
  return {state: 'not-checked', summary, principal: null, roles: []}
}

function refused(summary: string): Verification {
  return {state: 'refused', summary, principal: null, roles: []}
}

function* lines(token: TokenFacts | undefined, {state, summary, principal, roles}: Verification): Generator<string> {
  const words = {good: 'GOOD', refused: 'REFUSED', 'not-checked': 'NOT CHECKED'} as const
  yield `${words[state]}  ${safeText(summary)}`
  if (principal !== null)
    yield `  principal ${safeText(principal)}${roles.length > 0 ? `, roles ${safeText(roles.join(', '))}` : ''}`
  if (token === undefined) {
    if (state === 'not-checked') yield 'INFO  it is no JWT: when it expires only its issuer can tell'
    return
  }
  for (const {status, text} of token.notes) yield `${status.toUpperCase()}  ${text}`
  yield ''
  yield 'header'
  for (const [name, value] of Object.entries(token.header)) yield `  ${row(name, value)}`
  yield 'claims'
  const times: Readonly<Record<string, string | null>> = {
    exp: token.expiresAt,
    nbf: token.notBefore,
    iat: token.issuedAt,
  }
  for (const [name, value] of Object.entries(token.claims)) {
    const time = Object.hasOwn(times, name) ? times[name] : null
    yield `  ${row(name, value)}${time === null || time === undefined ? '' : `  (${time})`}`
  }
}

function row(name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `${safeText(name, {max: 40}).padEnd(12)} ${safeText(text, {max: 1000})}`
}
