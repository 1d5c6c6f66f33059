import type {TokenEvents} from '../auth/outbound-token.ts'
import type {BackendConfig} from '../config/schema.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {TlsIdentity} from '../mcp/http-client.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {RequestAuthorization} from '../mcp/request-authorization.ts'
import type {Clock} from '../shared/clock.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import type {LogMessage} from './runtime-log.ts'

/** How we show a server over HTTP who we are, in all that is sent to it. */
export interface BackendAccess {
  readonly headers: Readonly<Record<string, string>>
  readonly authorization: RequestAuthorization | undefined
  readonly tls: (() => TlsIdentity) | undefined
}

export interface BackendAccessOptions {
  readonly config: BackendConfig
  readonly stateDir: string
  readonly clock: Clock
  /** A text that is never to be shown from now on. */
  readonly learnSecret: (owner: string, secret: string) => void
  readonly log: (message: LogMessage) => void
}

export async function openBackendAccess(options: BackendAccessOptions): Promise<BackendAccess> {
  const {config} = options
  return {
    headers: headersOf(config),
    authorization: config.auth?.oauth && (await tokenOf(options, config.auth.oauth)),
    tls: config.auth?.tls && (await identityOf(config.auth.tls, options.clock)),
  }
}

/** The configured headers, with the configured token in place of what they say of it. */
function headersOf({headers, auth}: BackendConfig): Readonly<Record<string, string>> {
  if (auth?.token === undefined && auth?.oauth === undefined) return headers
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization')
  return {...Object.fromEntries(others), ...(auth.token !== undefined && {authorization: `Bearer ${auth.token}`})}
}

type Oauth = NonNullable<NonNullable<BackendConfig['auth']>['oauth']>

async function tokenOf(options: BackendAccessOptions, settings: Oauth): Promise<RequestAuthorization> {
  const {config, stateDir, clock} = options
  const {OutboundToken} = await import('../auth/outbound-token.ts')
  const {refreshMemory} = await import('../auth/refresh-memory.ts')
  const memory = refreshMemory(stateDir, config.id, settings.refresh_token ?? '')
  const token = new OutboundToken({settings, memory, clock, events: tokenEvents(options)})
  return {
    header() {
      const header = token.authorization()
      return typeof header === 'string' ? header : header.catch(noToken)
    },
    refused: header => token.forget(header),
    refusedAgain: () => token.mistrust(),
  }
}

function noToken(error: unknown): never {
  throw ours(error, wordOf(error))
}

function wordOf(error: unknown): string {
  return error instanceof AppError && error.code === 'TOKEN_REFUSED' ? 'TokenRefused' : 'TokenUnreachable'
}

function tokenEvents({config, learnSecret, log}: BackendAccessOptions): TokenEvents {
  const server_id = config.id
  const say = (level: 'INFO' | 'WARN', kind: string, message: string, pairs: LogMessage['pairs'] = {}): void =>
    log({level, module: 'backend', kind, message, pairs: {server_id, ...pairs}})
  return {
    onSecret: text => learnSecret(`server:${server_id}`, text),
    onRefreshed: ({expiresAt, rotated}) =>
      say('INFO', 'TokenRenewed', 'got an access token for the server', {expires_at: expiresAt, rotated}),
    onFault: error => {
      const {kind, message} = ours(error, wordOf(error))
      say('WARN', kind, 'got no access token for the server', {error: message})
    },
    onUnkept: error =>
      say('WARN', 'TokenUnkept', 'the new refresh token is lost when this process ends: it cannot be written', {
        error: messageOf(error),
      }),
  }
}

async function identityOf(
  files: NonNullable<NonNullable<BackendConfig['auth']>['tls']>,
  clock: Clock,
): Promise<() => TlsIdentity> {
  const {TlsClientIdentity} = await import('../auth/tls-client-files.ts')
  const identity = new TlsClientIdentity(files, clock.wallMs)
  return () => {
    try {
      return identity.current()
    } catch (error) {
      throw ours(error, 'TlsFiles')
    }
  }
}

/** Nothing was sent, and it is not the server's doing. */
function ours(error: unknown, kind: string): CallFailure {
  const fix = error instanceof AppError && error.fix !== undefined ? `. ${error.fix}` : ''
  return new CallFailure(`${messageOf(error)}${fix}`, {
    kind,
    blame: 'proxy',
    code: rpcCode.noBackend,
    delivered: 'no',
    cause: error,
  })
}
