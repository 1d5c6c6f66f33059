import {homedir} from 'node:os'
import {OutboundToken} from '../auth/outbound-token.ts'
import {refreshMemory} from '../auth/refresh-memory.ts'
import {didYouMean} from '../config/did-you-mean.ts'
import {configNotFound, discoverConfig} from '../config/discover.ts'
import {loadConfig} from '../config/load.ts'
import {invalidConfig} from '../config/loaded-config.ts'
import {resolveStateDir} from '../config/paths.ts'
import {systemClock} from '../shared/clock.ts'
import {formatDuration} from '../shared/duration.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {printJson, printLine} from './output.ts'

/**
 * Gets a token for a server once and shows when it ends, never the token.
 * @throws AppError `CONFIG_NOT_FOUND`, `CONFIG_INVALID`, `NO_SUCH_SERVER`, `NO_OAUTH`, `TOKEN_REFUSED`, `TOKEN_UNREACHABLE`
 */
export async function refreshServerToken(request: {
  readonly server: string
  readonly config: string | undefined
  readonly json: boolean
}): Promise<void> {
  const {env} = process
  const place = discoverConfig({flag: request.config, env, cwd: process.cwd(), home: homedir()})
  if ('tried' in place) throw configNotFound(place.tried)
  const loaded = loadConfig(place.found, {env})
  if (!loaded.ok) throw invalidConfig(loaded)
  const {config} = loaded
  const ids = config.servers.map(({id}) => id)
  const server = config.servers.find(({id}) => id === request.server)
  if (server === undefined) {
    const near = didYouMean(request.server, ids)
    throw new AppError('NO_SUCH_SERVER', `${place.found} has no server ${JSON.stringify(request.server)}`, {
      exitCode: exitCode.usage,
      fix: near === undefined ? `Servers: ${ids.join(', ') || 'none'}` : `Did you mean ${near}?`,
    })
  }
  const settings = server.auth?.oauth
  if (settings === undefined)
    throw new AppError('NO_OAUTH', `the server ${server.id} has no auth.oauth: there is nothing to refresh`, {
      exitCode: exitCode.usage,
      fix: 'A fixed token (auth.token, headers) is renewed where it was made.',
    })
  const memory = refreshMemory(resolveStateDir({env, config, home: homedir()}), server.id, settings.refresh_token ?? '')
  const outcome = await new OutboundToken({settings, memory, clock: systemClock}).refresh()
  if (request.json) return printJson({server: server.id, ...outcome})
  printLine(
    `${server.id}: a token was given, it expires ${outcome.expiresAt} (in ${formatDuration(outcome.expiresInMs)})`,
  )
  if (outcome.rotated) printLine('the refresh token was exchanged for a new one, which is kept in the state folder')
}
