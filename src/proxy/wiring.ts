import type {IncomingMessage} from 'node:http'
import {anonymous} from '../auth/identity.ts'
import type {Config} from '../config/schema.ts'
import type {Redactor} from '../redaction/redactor.ts'
import type {Clock} from '../shared/clock.ts'
import type {AccessGate} from './access/gate.ts'
import {openGate} from './access/open-gate.ts'
import {resourceMetadata} from './access/resource-metadata.ts'
import type {SharedCounter} from './access/shared-counter.ts'
import type {Catalogue} from './catalogue.ts'
import {compressionOf} from './compression/compression.ts'
import type {HealthReport, HttpServerOptions} from './http-server.ts'
import {McpEndpoint} from './mcp-endpoint.ts'
import type {Services} from './method-call.ts'
import type {RequestLedger} from './request-ledger.ts'
import type {RuntimeLog} from './runtime-log.ts'
import {toolsDocument} from './tools-document.ts'
import {TraceContexts} from './trace-id.ts'
import {createWireGuard} from './wire-guard.ts'

/** What stands between the listener and the servers, as one configuration says. A request keeps the one it came to. */
export interface Wiring {
  readonly config: Config
  readonly services: Services
  readonly gate: AccessGate | undefined
  readonly front: HttpServerOptions
}

export interface WiringParts {
  readonly config: Config
  /** The servers that it goes to. */
  readonly services: Services
  /** What it takes the place of. */
  readonly former: Wiring | undefined
  readonly listenHost: string
  readonly catalogue: Catalogue
  readonly ledger: RequestLedger
  readonly clock: Clock
  /** Where instances share their limits. */
  readonly counter: SharedCounter | undefined
  readonly log: RuntimeLog
  readonly redactor: Redactor
  readonly health: () => HealthReport
}

/** @throws AppError `JWT_KEY_FILE` */
export async function openWiring(parts: WiringParts): Promise<Wiring> {
  const {config, services, former, listenHost, catalogue, ledger, clock, counter, log, redactor, health} = parts
  const gate = await openGate({config, services, clock, log: message => log.write(message), counter, former})
  const {tracing} = config.observability
  const traces = new TraceContexts({
    ownTraces: tracing?.enabled === true ? {sampleRatio: tracing.sample_ratio} : undefined,
  })
  const compression = compressionOf(config)
  const authIsOn = config.auth?.enabled === true
  const principalOf: (request: IncomingMessage) => string =
    gate === undefined ? () => anonymous : request => gate.principalOf(request)
  const endpoint = new McpEndpoint(
    {
      compression,
      traces,
      authIsOn,
      services,
      redactor,
      maxBodyBytes: config.server.max_body_size,
      maxBatch: config.server.max_batch,
      requestTimeoutMs: Math.max(config.server.request_timeout, ...config.servers.map(each => each.timeout ?? 0)),
      principalOf,
      ...(gate && {viewOf: request => gate.viewOf(request)}),
    },
    former?.front.endpoint,
  )
  const front: HttpServerOptions = {
    guard: wireGuard(config, listenHost),
    gate,
    endpoint,
    ledger,
    health,
    toolsDocument: (request, record) =>
      toolsDocument({gate, catalogue, services, principalOf, authIsOn}, request, record),
    documents: resourceMetadata(config.auth?.enabled === true ? config.auth.oauth : undefined),
    traces,
    now: clock.now,
    maxConnections: 10_000,
    compression,
  }
  return {config, services, gate, front}
}

export function wireGuard({server}: Config, listenHost: string): HttpServerOptions['guard'] {
  return createWireGuard({
    listenHost,
    allowedHosts: server.allowed_hosts,
    allowedOrigins: server.allowed_origins,
  })
}
