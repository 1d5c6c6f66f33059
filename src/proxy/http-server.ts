import type http from 'node:http'
import type {IncomingMessage, ServerResponse} from 'node:http'
import type https from 'node:https'
import {errorValue, responseMessage} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {AppError, errnoCode, messageOf} from '../shared/errors.ts'
import {nodeHttp} from '../shared/node-http.ts'
import type {AccessGate} from './access/gate.ts'
import {sendRefusal} from './access/send-refusal.ts'
import type {Compression} from './compression/compression.ts'
import type {McpEndpoint} from './mcp-endpoint.ts'
import type {OpenRequest} from './open-request.ts'
import {mayPipeline} from './pipelining.ts'
import {Reply} from './reply.ts'
import type {RequestLedger} from './request-ledger.ts'
import type {TraceContexts} from './trace-id.ts'
import type {WireFault} from './wire-guard.ts'

/** What `/health` says: 200 while the runtime can serve. */
export interface HealthReport {
  readonly status: 'ok' | 'starting' | 'draining' | 'unavailable'
  /** Why it is not `ok`. */
  readonly reason?: string
  readonly servers: Readonly<Record<string, string>>
}

export interface HttpServerOptions {
  readonly guard: (request: IncomingMessage) => WireFault | undefined
  /** Lets in who may come in; undefined where everybody may, as often as they like. */
  readonly gate?: AccessGate | undefined
  readonly endpoint: McpEndpoint
  readonly ledger: RequestLedger
  readonly health: () => HealthReport
  /** The merged tools that the sender may see, as JSON. */
  readonly toolsDocument: (request: IncomingMessage, record: OpenRequest) => Promise<Buffer>
  /** Documents that never change and are for everybody, by path. */
  readonly documents: ReadonlyMap<string, object>
  readonly traces: TraceContexts
  readonly now: () => number
  readonly maxConnections: number
  readonly compression?: Compression | undefined
}

/** How every listener for clients is set up. */
export const listenerOptions = {
  // A client that dribbles its request is closed, whatever it sends meanwhile.
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
  requireHostHeader: false,
} as const

/** The listener that clients see: `/mcp`, `/health`, `/health/live`, `/api/tools/list`. */
export function createHttpServer(options: CurrentOptions): http.Server {
  const server: http.Server = nodeHttp.createServer(
    listenerOptions,
    requestListener(options, () => server.listening),
  )
  limitConnections(server, options())
  return server
}

/** What holds now: a request stays with what held when it came. */
export type CurrentOptions = () => HttpServerOptions

/** @param listening false while the server drains: a connection that was kept alive brings one more request at most */
export function requestListener(options: CurrentOptions, listening: () => boolean): http.RequestListener {
  return (request, response) => {
    // It has its socket unless an answer before it is still to come.
    if (response.socket === null && !mayPipeline(request.socket, response)) return
    if (!listening()) response.setHeader('connection', 'close')
    void serve(options(), request, response)
  }
}

export function limitConnections(server: http.Server | https.Server, {maxConnections}: HttpServerOptions): void {
  server.maxConnections = maxConnections
  server.maxRequestsPerSocket = 0
}

async function serve(options: HttpServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const client = request.socket.remoteAddress ?? '-'
  const record = options.ledger.open(client, request.method ?? '-', path)
  options.traces.begin(request, record)
  let sent: Reply | undefined
  response.on('close', () => {
    if (!response.writableFinished && record.outcome === 'answered') {
      record.outcome = 'cancelled'
      record.blame = 'client'
    }
    options.ledger.close(record, {status: response.statusCode, bytes: sent?.bytes ?? 0})
  })
  const refused = options.guard(request)
  if (refused) {
    sent = new Reply(response, record, options.now, false)
    return refuse(sent, record, refused)
  }
  const mcp = path === '/mcp'
  sent = mcp
    ? options.endpoint.reply(request, response, record)
    : new Reply(response, record, options.now, false, options.compression)
  try {
    const waiting = options.gate?.admit(request, path, record)
    const denied = waiting instanceof Promise ? await waiting : waiting
    if (denied !== undefined) return await sendRefusal(denied, request, record, sent)
    if (mcp) await options.endpoint.handle(request, response, record, sent)
    else await plainPath(options, request, path, record, sent)
  } catch (error) {
    // A fault of ours in one request must not end the others.
    failed(sent, record, error)
  }
}

async function plainPath(
  options: HttpServerOptions,
  request: IncomingMessage,
  path: string,
  record: OpenRequest,
  reply: Reply,
): Promise<void> {
  const document = options.documents.get(path)
  const known = path === '/health' || path === '/health/live' || path === '/api/tools/list'
  if (!known && document === undefined)
    return reply.end(
      404,
      json({
        error: `no such path: ${path.slice(0, 200)}`,
        paths: ['/mcp', '/health', '/health/live', '/api/tools/list'],
      }),
    )
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return reply.end(405, json({error: 'only GET'}), {allow: 'GET, HEAD'})
  if (document !== undefined) return reply.end(200, json(document))
  if (path === '/health/live') return reply.end(200, json({status: 'ok'}))
  if (path === '/api/tools/list') return reply.end(200, await options.toolsDocument(request, record))
  const report = options.health()
  reply.end(report.status === 'ok' ? 200 : 503, json(report))
}

function refuse(reply: Reply, record: OpenRequest, fault: WireFault): void {
  record.outcome = 'error'
  record.kind = fault.kind
  record.blame = 'client'
  record.message = fault.message
  reply.end(fault.status, json({error: fault.message}), {connection: 'close'})
}

function failed(reply: Reply, record: OpenRequest, error: unknown): void {
  record.outcome = 'error'
  record.kind = 'Internal'
  record.code = rpcCode.internalError
  record.blame = 'proxy'
  record.message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const value = errorValue(rpcCode.internalError, 'Internal error', {blame: 'proxy', requestId: record.requestId})
  reply.end(500, responseMessage(null, 'error', value))
}

function json(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}

/**
 * Listens, or says who is in the way.
 * @param ownerOf names the owner of a port that is in use, as far as can be seen
 * @returns the port that was bound (the system's choice for 0)
 * @throws AppError `PORT_IN_USE`, `LISTEN_FAILED`
 */
export function listen(
  server: http.Server | https.Server,
  host: string,
  port: number,
  what: string,
  ownerOf: (port: number) => Promise<string>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      void listenFailure(error, host, port, what, ownerOf).then(reject)
    }
    server.once('error', failed)
    server.listen({host, port, exclusive: true}, () => {
      server.off('error', failed)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

async function listenFailure(
  error: Error,
  host: string,
  port: number,
  what: string,
  ownerOf: (port: number) => Promise<string>,
): Promise<AppError> {
  const code = errnoCode(error)
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`
  if (code === 'EADDRINUSE') {
    return new AppError('PORT_IN_USE', `${where} (${what}) is already in use${await ownerOf(port)}`, {
      fix: 'Stop that program, or choose another port with --port (server.port; observability.metrics.port for the metrics, profiling.port for profiles).',
      cause: error,
    })
  }
  const why =
    code === 'EACCES'
      ? 'ports below 1024 need root or CAP_NET_BIND_SERVICE'
      : code === 'EADDRNOTAVAIL'
        ? 'this host has no such address'
        : code === 'ENOTFOUND'
          ? 'the host name does not resolve'
          : messageOf(error)
  return new AppError('LISTEN_FAILED', `cannot listen on ${where} (${what}): ${why}`, {cause: error})
}
