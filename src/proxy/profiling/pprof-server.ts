import type http from 'node:http'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {AppError, messageOf} from '../../shared/errors.ts'
import {nodeHttp} from '../../shared/node-http.ts'
import {oneAtATime} from '../pipelining.ts'
import type {WireFault} from '../wire-guard.ts'
import {maxSeconds, type Profiling, readSeconds} from './profiling.ts'

/** The paths that Go programs have, so that `go tool pprof http://…` and the guide's curl lines work. */
interface Endpoint {
  readonly path: string
  readonly about: string
  readonly answer: (profiling: Profiling, seconds: number | undefined, signal: AbortSignal) => Promise<Answer>
}

interface Answer {
  readonly type: string
  readonly filename: string
  readonly body: Buffer | AsyncIterable<string>
}

const pprofType = 'application/octet-stream'

const endpoints: readonly Endpoint[] = [
  {
    path: '/debug/pprof/profile',
    about: 'processor time by function over ?seconds=30 (pprof)',
    answer: async (profiling, seconds = 30, signal) => ({
      type: pprofType,
      filename: 'profile.pb.gz',
      body: await profiling.cpu(seconds, signal),
    }),
  },
  {
    path: '/debug/pprof/heap',
    about: 'live memory by the function that allocated it, since the start (pprof)',
    answer: async (profiling, seconds, signal) => ({
      type: pprofType,
      filename: 'heap.pb.gz',
      body: await profiling.heap(seconds, signal),
    }),
  },
  {
    path: '/debug/pprof/trace',
    about: 'requests, garbage collections and stacks over ?seconds=5 (Chrome trace JSON, opens in Perfetto)',
    answer: async (profiling, seconds = 5, signal) => ({
      type: 'application/json',
      filename: 'trace.json',
      body: await profiling.trace(seconds, signal),
    }),
  },
]

const index = `profiles of this runtime

${endpoints.map(({path, about}) => `${path}\n    ${about}`).join('\n')}

seconds: up to ${maxSeconds}. One recording of a kind at a time; another is answered with 409.
`

/** Profiles over HTTP, on a port of their own that only this machine reaches. */
export function createPprofServer(
  profiling: Profiling,
  guard: (request: IncomingMessage) => WireFault | undefined,
): http.Server {
  return nodeHttp.createServer(
    {headersTimeout: 10_000, requestTimeout: 10_000, requireHostHeader: false},
    oneAtATime((request, response) => {
      request.resume()
      const refused = guard(request)
      if (refused) return plain(response, refused.status, refused.message)
      void serve(profiling, request, response)
    }),
  )
}

async function serve(profiling: Profiling, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!URL.canParse(request.url ?? '', 'http://pprof')) return plain(response, 400, 'the request target must be a path')
  const {pathname, searchParams} = new URL(request.url ?? '', 'http://pprof')
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(response, 405, 'only GET')
  if (pathname === '/debug/pprof' || pathname === '/debug/pprof/') return plain(response, 200, index)
  const endpoint = endpoints.find(({path}) => path === pathname)
  if (endpoint === undefined) return plain(response, 404, 'profiles are at /debug/pprof/')
  if (request.method === 'HEAD') return plain(response, 200, '')
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  try {
    const seconds = readSeconds(searchParams.get('seconds'))
    const {type, filename, body} = await endpoint.answer(profiling, seconds, gone.signal)
    if (response.destroyed) return
    response.writeHead(200, {
      'content-type': type,
      'content-disposition': `attachment; filename="${filename}"`,
      'x-content-type-options': 'nosniff',
      ...(Buffer.isBuffer(body) && {'content-length': body.length}),
    })
    if (Buffer.isBuffer(body)) response.end(body)
    else await pipeline(Readable.from(body), response)
  } catch (error) {
    failed(response, error)
  }
}

function failed(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return // the client has gone, and with it the recording
  if (response.headersSent) return void response.destroy()
  const code = error instanceof AppError ? error.code : ''
  const status = code === 'PROFILE_BUSY' ? 409 : code === 'PROFILE_SECONDS' ? 400 : 500
  plain(response, status, messageOf(error), status === 409 ? {'retry-after': '5'} : {})
}

function plain(response: ServerResponse, status: number, text: string, headers: http.OutgoingHttpHeaders = {}): void {
  response.writeHead(status, {'content-type': 'text/plain; charset=utf-8', ...headers}).end(`${text}\n`)
}
