import type {RuntimeRecord} from '../control/runtime-file.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendAnswer, BackendConnection} from '../mcp/connection.ts'
import {type ClientIdentity, envelopeParams} from '../mcp/handshake.ts'
import {defaultPool, type TlsIdentity} from '../mcp/http-client.ts'
import {openHttp} from '../mcp/http-connection.ts'
import {systemClock} from '../shared/clock.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {findInstance} from './instance.ts'

export interface ConnectionRequest {
  /** Name of the variable with an API key or token; undefined for none. */
  readonly keyEnv: string | undefined
  readonly timeoutMs: number
}

const identity: ClientIdentity = {info: {name: 'only1mcp-cli', version: '1'}, capabilities: {}}

/**
 * The running proxy, spoken to as any MCP client does.
 * @throws AppError where there is none, it refuses us, or the variable is not set
 */
export async function connectToRuntime({keyEnv, timeoutMs}: ConnectionRequest): Promise<BackendConnection> {
  const key = keyEnv === undefined ? undefined : process.env[keyEnv]
  if (keyEnv !== undefined && (key === undefined || key === ''))
    throw new AppError('NO_KEY', `the environment variable ${keyEnv} is not set`, {exitCode: exitCode.usage})
  const {record} = await findInstance()
  try {
    return await openHttp({
      endpoint: `${originOf(record)}/mcp`,
      headers: key === undefined ? {} : {authorization: `Bearer ${key}`},
      ...(await tlsOf(record)),
      identity,
      clock: systemClock,
      handshakeTimeoutMs: timeoutMs,
      connectTimeoutMs: Math.min(5000, timeoutMs),
      maxMessageBytes: 64 * 1024 * 1024,
      pool: defaultPool,
      events: {
        onRequest: async () => ({kind: 'error', value: Buffer.from('{"code":-32601,"message":"not supported"}')}),
        onNotification: () => {},
        onOddity: () => {},
      },
    })
  } catch (error) {
    throw explained(error, timeoutMs)
  }
}

/** The certificate that a proxy without a plain listener shows stands in its configuration. */
async function tlsOf(record: RuntimeRecord): Promise<{tls?: () => TlsIdentity}> {
  if (record.plain !== false || record.configPath === null) return {}
  const {loadConfig} = await import('../config/load.ts')
  const {listenerFiles, listenerIdentity} = await import('../diagnostics/server/listener-identity.ts')
  const loaded = loadConfig(record.configPath)
  const files = loaded.ok ? listenerFiles(record, loaded.config, process.env) : undefined
  if (files === undefined) return {} // the authorities that this machine trusts
  const identity = listenerIdentity(files)
  return {tls: () => identity}
}

/** An address to connect to, where it listens on all. */
function originOf({host, port, tlsPort, plain}: RuntimeRecord): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  return plain === false ? `https://${name}:${tlsPort ?? port}` : `http://${name}:${port}`
}

/** Parameters as the era of the connection wants them. */
export function paramsFor({info}: BackendConnection, params: Readonly<Record<string, unknown>>): Buffer {
  return info.era === 'modern' ? envelopeParams(identity, params) : Buffer.from(JSON.stringify(params))
}

/** One request. @throws AppError with the exit status of the design */
export async function ask(
  connection: BackendConnection,
  method: string,
  params: Readonly<Record<string, unknown>>,
  timeoutMs: number,
  name?: string,
): Promise<BackendAnswer> {
  try {
    return await connection.call({
      method,
      params: paramsFor(connection, params),
      timeoutMs,
      ...(name !== undefined && {name}),
    })
  } catch (error) {
    throw explained(error, timeoutMs)
  }
}

/** The proxy's own code for a client that it does not let in. */
const accessCode = '"code":-32003'

function explained(error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof CallFailure)) return error
  const evidence = error.evidence === undefined ? '' : ` (${error.evidence})`
  if (error.kind === 'BackendTimeout')
    return new AppError('TIMEOUT', `the proxy did not answer within ${timeoutMs} ms`, {
      exitCode: exitCode.timeout,
      fix: 'Give it more time with --timeout, or look at: only1mcp health status',
    })
  const refused = error.httpStatus === 401 || error.httpStatus === 403 || evidence.includes(accessCode)
  return new AppError(refused ? 'ACCESS_REFUSED' : 'CALL_FAILED', `${error.message}${evidence}`, {
    ...(refused && {fix: 'This proxy wants a key: put it into a variable and name that with --key-env NAME.'}),
    cause: error,
  })
}
