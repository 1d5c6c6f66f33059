import {readFileSync} from 'node:fs'
import type {Snapshot} from '../control/contract.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendAnswer, BackendConnection} from '../mcp/connection.ts'
import {envelopeMeta} from '../mcp/handshake.ts'
import {defaultPool} from '../mcp/http-client.ts'
import {openHttp} from '../mcp/http-connection.ts'
import {systemClock} from '../shared/clock.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'

const identity = {info: {name: 'only1mcp-cli', version: ownVersion()}, capabilities: {}}
const maxMessageBytes = 64 * 1024 * 1024

/** A running proxy, from the side of an MCP client. */
export interface ProxyClient {
  /** @throws AppError CALL_TIMEOUT, CALL_FAILED, and for an error of the protocol CALL_REFUSED */
  ask(method: string, params: Readonly<Record<string, unknown>>, timeoutMs: number, name?: string): Promise<unknown>
  close(): Promise<void>
}

/**
 * @param key an API key or token; where the proxy wants one
 * @throws AppError PROXY_UNREACHABLE
 */
export async function openProxy(snapshot: Snapshot, key: string | undefined, timeoutMs: number): Promise<ProxyClient> {
  const endpoint = endpointOf(snapshot)
  let connection: BackendConnection
  try {
    connection = await openHttp({
      endpoint,
      headers: key === undefined ? {} : {authorization: `Bearer ${key}`},
      identity,
      clock: systemClock,
      handshakeTimeoutMs: timeoutMs,
      connectTimeoutMs: Math.min(5000, timeoutMs),
      maxMessageBytes,
      pool: defaultPool,
      events: {
        onRequest: async () => ({kind: 'error', value: Buffer.from('{"code":-32601,"message":"not here"}')}),
        onNotification: () => {},
        onOddity: () => {},
      },
    })
  } catch (error) {
    throw asAppError(error, `the proxy at ${endpoint}`)
  }
  return {
    close: () => connection.close(500),
    async ask(method, params, timeout, name) {
      const all = connection.info.era === 'modern' ? {...params, _meta: envelopeMeta(identity)} : params
      let answer: BackendAnswer
      try {
        answer = await connection.call({
          method,
          params: Buffer.from(JSON.stringify(all)),
          timeoutMs: timeout,
          ...(name !== undefined && {name}),
        })
      } catch (error) {
        throw asAppError(error, name ?? method)
      }
      const value: unknown = JSON.parse(answer.value.toString('utf8'))
      if (answer.kind === 'result') return value
      throw refused(value, name ?? method)
    },
  }
}

/** An address that listens for all is reached at loopback. */
function endpointOf({listen}: Snapshot): string {
  const host = listen.host === '0.0.0.0' ? '127.0.0.1' : listen.host === '::' ? '::1' : listen.host
  const authority = host.includes(':') ? `[${host}]` : host
  return listen.tls?.plain === false
    ? `https://${authority}:${listen.tls.port}/mcp`
    : `http://${authority}:${listen.port}/mcp`
}

function refused(value: unknown, what: string): AppError {
  const {code, message} = (value ?? {}) as {code?: unknown; message?: unknown}
  const timedOut = code === -32001 || /timed? ?out|deadline/i.test(String(message))
  return new AppError('CALL_REFUSED', `${safeText(what)}: ${safeText(String(message))} (${safeText(String(code))})`, {
    exitCode: timedOut ? exitCode.timeout : code === -32602 ? exitCode.usage : exitCode.findings,
    fix: typeof code === 'number' ? `only1mcp explain ${code} tells more.` : 'only1mcp doctor tells more.',
  })
}

function asAppError(error: unknown, what: string): AppError {
  if (!(error instanceof CallFailure))
    return new AppError('CALL_FAILED', `${what}: ${messageOf(error)}`, {cause: error})
  if (/Timeout/.test(error.kind))
    return new AppError('CALL_TIMEOUT', `${what}: ${error.message}`, {exitCode: exitCode.timeout, cause: error})
  const denied = error.httpStatus === 401 || error.httpStatus === 403
  return new AppError('CALL_FAILED', `${what}: ${error.message}`, {
    fix: denied
      ? 'The proxy wants a key: put one into a variable and name it, --key-env NAME.'
      : 'only1mcp doctor tells more.',
    cause: error,
  })
}

/** The value of a variable that holds a key. @throws AppError NO_SECRET */
export function keyFromEnv(name: string | undefined, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (name === undefined) return undefined
  const key = env[name]?.trim()
  if (key) return key
  throw new AppError('NO_SECRET', `the environment variable ${name} is not set`, {exitCode: exitCode.usage})
}

function ownVersion(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return String((file as {version?: unknown}).version)
}
