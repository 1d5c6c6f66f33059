import {chmodSync} from 'node:fs'
import type http from 'node:http'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {type ActionId, actionIds} from '../control/action.ts'
import type {ActionArgs, ActionResult, ProbeAnswer} from '../control/contract/actions.ts'
import type {ControlEvent} from '../control/contract/events.ts'
import type {ServerLists} from '../control/contract/lists.ts'
import type {Snapshot} from '../control/contract/snapshot.ts'
import {controlPath} from '../control/paths.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {nodeHttp} from '../shared/node-http.ts'
import type {EventLog} from './event-log.ts'
import {oneAtATime} from './pipelining.ts'

/** A reader that has this much unread gets a `resync` instead of more events. */
const maxQueuedBytes = 256 * 1024
const heartbeatMs = 1000

export interface ControlServerOptions {
  readonly socketPath: string
  readonly events: EventLog
  readonly snapshot: () => Snapshot
  /** Probes one server now; undefined where there is none of that id. */
  readonly probe: (serverId: string) => Promise<ProbeAnswer> | undefined
  /** What one server lists; undefined where there is none of that id. */
  readonly lists: (serverId: string) => ServerLists | undefined
  /** Those that this runtime offers. */
  readonly actions: Readonly<Partial<Record<ActionId, ActionHandler>>>
}

/** @param signal aborts when the operator has gone */
export type ActionHandler = (args: ActionArgs, signal: AbortSignal) => ActionResult | Promise<ActionResult>

const maxArgsBytes = 64 * 1024

/**
 * The runtime's side of the control contract: HTTP over a unix socket of mode 0600, so that who may use it is the file
 * system's decision. It can never add or change a command.
 */
export async function startControlServer(options: ControlServerOptions): Promise<http.Server> {
  const server = nodeHttp.createServer(oneAtATime((request, response) => handle(options, request, response)))
  const former = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.socketPath, resolve)
    })
    chmodSync(options.socketPath, 0o600)
  } catch (error) {
    throw new AppError('CONTROL_SOCKET', `cannot open the control socket ${options.socketPath}: ${messageOf(error)}`, {
      fix: 'Remove what stands there, if it is not the socket of a runtime that still runs.',
      cause: error,
    })
  } finally {
    process.umask(former)
  }
  return server
}

function handle(options: ControlServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const target = request.url ?? '/'
  // A target such as `//` is no path, and URL would throw.
  if (!URL.canParse(target, 'http://control'))
    return refuse(request, response, 400, 'the request target must be a path')
  const url = new URL(target, 'http://control')
  const handler = actionAt(options, url.pathname)
  if (handler !== undefined && request.method === 'POST') return void act(handler, request, response)
  request.resume()
  if (request.method === 'GET' && url.pathname === controlPath.snapshot) return json(response, 200, options.snapshot())
  if (request.method === 'GET' && url.pathname === controlPath.events) {
    return stream(options, response, Number(url.searchParams.get('since') ?? options.events.seq))
  }
  if (request.method === 'GET' && url.pathname === controlPath.lists) {
    const lists = options.lists(url.searchParams.get('server') ?? '')
    return lists === undefined ? json(response, 404, {error: 'no server of that id'}) : json(response, 200, lists)
  }
  if (request.method === 'POST' && url.pathname === controlPath.probe) {
    const probing = options.probe(url.searchParams.get('server') ?? '')
    if (probing === undefined) return json(response, 404, {error: 'no server of that id'})
    return void probing.then(answer => json(response, 200, answer))
  }
  if (handler !== undefined) return json(response, 405, {error: 'POST runs an action'})
  json(response, 404, {error: `no such path: ${url.pathname}`})
}

function actionAt({actions}: ControlServerOptions, path: string): ActionHandler | undefined {
  const id = actionIds.find(each => path === controlPath.action(each))
  return id === undefined ? undefined : actions[id]
}

async function act(handler: ActionHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const args = await readArgs(request)
  if (args === undefined) return refuse(request, response, 400, 'the arguments of an action are one small JSON object')
  try {
    json(response, 200, await handler(args, gone.signal))
  } catch (error) {
    json(response, 200, {ok: false, message: messageOf(error)})
  }
}

/** @returns undefined where the body is no JSON object, or too large; none at all are no arguments */
async function readArgs(request: IncomingMessage): Promise<ActionArgs | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size <= maxArgsBytes) chunks.push(chunk)
    }
    if (size > maxArgsBytes) return undefined
    if (size === 0) return {}
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? {...value} : undefined
  } catch {
    return undefined // no JSON, or the operator went away
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number, error: string): void {
  request.resume()
  json(response, status, {error})
}

function json(response: ServerResponse, status: number, value: object): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  response.writeHead(status, {'content-type': 'application/json', 'content-length': body.length})
  response.end(body)
}

/** Events as NDJSON: those kept since `since`, then each as it comes, and a heartbeat a second. */
function stream({events}: ControlServerOptions, response: ServerResponse, since: number): void {
  response.writeHead(200, {'content-type': 'application/x-ndjson', 'cache-control': 'no-store'})
  let behind = false
  const send = (event: ControlEvent): void => {
    if (response.writableLength > maxQueuedBytes) {
      behind = true
      return
    }
    response.write(`${JSON.stringify(event)}\n`)
  }
  const resync = (why: string): void =>
    send({type: 'resync', seq: events.seq, at: events.now(), instance: events.instance, why})

  const missed = Number.isInteger(since) ? events.since(since) : undefined
  if (missed === undefined) resync('the events asked for are no longer kept')
  else for (const event of missed) send(event)

  const forget = events.listen(event => {
    if (!behind) send(event)
  })
  response.on('drain', () => {
    if (!behind) return
    behind = false
    resync('this reader was too slow')
  })
  const heartbeat = setInterval(() => {
    if (!behind) send({type: 'heartbeat', seq: events.seq, at: events.now(), instance: events.instance})
  }, heartbeatMs)
  response.on('close', () => {
    clearInterval(heartbeat)
    forget()
  })
}
