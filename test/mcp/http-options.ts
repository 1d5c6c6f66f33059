import {defaultPool} from '../../src/mcp/http-client.ts'
import type {HttpOptions} from '../../src/mcp/http-link.ts'
import {systemClock} from '../../src/shared/clock.ts'

/** For a server on loopback: small limits and short times, so that a test meets them. */
export const httpOptions = {
  headers: {},
  identity: {info: {name: 'test', version: '1'}, capabilities: {}},
  clock: systemClock,
  handshakeTimeoutMs: 3_000,
  connectTimeoutMs: 500,
  maxMessageBytes: 64 * 1024,
  pool: {...defaultPool, maxConnections: 4},
} satisfies Partial<HttpOptions>
