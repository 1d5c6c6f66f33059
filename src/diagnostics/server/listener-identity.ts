import {readFileSync} from 'node:fs'
import type {Config} from '../../config/schema.ts'
import type {RuntimeRecord} from '../../control/runtime-file.ts'
import type {TlsIdentity} from '../../mcp/http-client.ts'

/** Files of the proxy's own certificate, and of one to show it. */
export interface ListenerFiles {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/**
 * What it takes to talk to the proxy from its own machine, where it speaks TLS alone; undefined where it needs nothing.
 * A client certificate is taken from `ONLY1MCP_CLIENT_CERT` and `ONLY1MCP_CLIENT_KEY`.
 */
export function listenerFiles(
  {plain}: RuntimeRecord,
  config: Config | undefined,
  {ONLY1MCP_CLIENT_CERT: cert, ONLY1MCP_CLIENT_KEY: key}: Readonly<Record<string, string | undefined>>,
): ListenerFiles | undefined {
  const ca = config?.server.tls?.cert
  if (plain !== false || ca === undefined) return undefined
  return {ca, ...(cert && key ? {cert, key} : {})}
}

/** It is the proxy's very certificate that is expected: who issued it, and under which name we dial, does not matter. */
export function listenerIdentity({ca, cert, key}: ListenerFiles): TlsIdentity {
  return {
    ...(ca !== undefined && {ca: readFileSync(ca), allowPartialTrustChain: true}),
    checkServerIdentity: () => undefined,
    ...(cert !== undefined && {cert: readFileSync(cert)}),
    ...(key !== undefined && {key: readFileSync(key)}),
  }
}
