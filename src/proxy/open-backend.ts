import type {BackendConfig} from '../config/schema.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import {Child} from '../mcp/child.ts'
import type {BackendConnection, ConnectionEvents} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import type {HttpPoolOptions} from '../mcp/http-client.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {Reaper} from '../mcp/reaper.ts'
import {readStderr} from '../mcp/stderr-lines.ts'
import {EndedDuringDiscover, openStdio} from '../mcp/stdio-connection.ts'
import type {Clock} from '../shared/clock.ts'
import type {BackendAccess} from './backend-access.ts'

/** What all backends of a runtime share. */
export interface BackendEnvironment {
  readonly instance: string
  readonly clock: Clock
  readonly identity: ClientIdentity
  readonly reaper: Reaper
  /** A number that no start of this runtime had before: what is swept by its mark is that one and no other. */
  readonly nextStart: () => number
  /** Connections to each HTTP server. */
  readonly pool: HttpPoolOptions
  readonly stateDir: string
  /** A text that is never to be shown from now on. */
  readonly learnSecret: (owner: string, secret: string) => void
  /** The id of the one request that is at a server: what that says meanwhile belongs to it. */
  readonly onlyRequestAt: (serverId: string) => string | null
}

export interface OpenOptions {
  readonly config: BackendConfig
  readonly environment: BackendEnvironment
  /** A number of its own for each start: part of the owner mark. */
  readonly generation: number
  readonly era: 'unknown' | 'legacy'
  readonly events: ConnectionEvents
  readonly onStderr: (line: string) => void
  readonly onStderrDropped: (bytes: number) => void
  readonly onSpawn: (pid: number) => void
  readonly stderrTail: () => readonly string[]
  /** Of a server over HTTP. */
  readonly access: () => Promise<BackendAccess>
}

export const handshakeTimeoutMs = 30_000
const maxMessageBytes = 64 * 1024 * 1024

/** How a server is reached, as configured or inferred. */
export function transportOf(config: BackendConfig): 'stdio' | 'http' | 'sse' | 'none' {
  if (config.transport !== undefined) return config.transport
  if (config.command !== undefined) return 'stdio'
  return config.endpoint === undefined ? 'none' : 'http'
}

/** Starts or connects a backend, handshake included. @throws CallFailure or EndedDuringDiscover; nothing is left behind */
export async function openBackend(options: OpenOptions): Promise<BackendConnection> {
  const {config, environment} = options
  const transport = transportOf(config)
  if (transport === 'stdio' && config.command !== undefined) return openChild(options, config.command)
  if ((transport === 'http' || transport === 'sse') && config.endpoint !== undefined) {
    const open =
      transport === 'http'
        ? (await import('../mcp/http-connection.ts')).openHttp
        : (await import('../mcp/sse-connection.ts')).openSse
    return open({
      endpoint: config.endpoint,
      ...(await options.access()),
      identity: environment.identity,
      clock: environment.clock,
      handshakeTimeoutMs,
      connectTimeoutMs: 5000,
      maxMessageBytes,
      pool: environment.pool,
      events: options.events,
    })
  }
  throw new CallFailure(
    `transport ${transport} cannot be opened: ${config.command ?? config.endpoint ?? 'neither command nor endpoint is set'}`,
    {
      kind: 'NoTransport',
      blame: 'proxy',
      code: rpcCode.noBackend,
      delivered: 'no',
    },
  )
}

async function openChild(options: OpenOptions, command: string): Promise<BackendConnection> {
  const {config, environment} = options
  const child = await Child.start({
    command,
    args: config.args,
    cwd: config.cwd,
    env: config.env,
    ownerMark: `${environment.instance}:${config.id}.${options.generation}`,
    reaper: environment.reaper,
  })
  options.onSpawn(child.pid)
  readStderr(child.stderr, environment.clock, {onLine: options.onStderr, onDropped: options.onStderrDropped})
  try {
    return await openStdio({
      child,
      identity: environment.identity,
      clock: environment.clock,
      handshakeTimeoutMs,
      maxMessageBytes,
      era: options.era,
      events: options.events,
      stderrTail: options.stderrTail,
    })
  } catch (error) {
    await child.kill()
    throw error
  }
}

export {EndedDuringDiscover}
