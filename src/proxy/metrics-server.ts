import type http from 'node:http'
import type {IncomingMessage} from 'node:http'
import {nodeHttp} from '../shared/node-http.ts'
import {forAPipe} from './metrics/for-a-pipe.ts'
import {oneAtATime} from './pipelining.ts'
import type {WireFault} from './wire-guard.ts'

/** `GET /metrics` on a port of its own, so that a scraper never competes with clients. */
export function createMetricsServer(
  text: () => string,
  guard: (request: IncomingMessage) => WireFault | undefined,
): http.Server {
  return nodeHttp.createServer(
    {headersTimeout: 10_000, requestTimeout: 10_000, requireHostHeader: false},
    oneAtATime((request, response) => {
      const refused = guard(request)
      if (refused) {
        response.writeHead(refused.status, {'content-type': 'text/plain'}).end(`${refused.message}\n`)
      } else if ((request.url ?? '').split('?', 1)[0] !== '/metrics') {
        response.writeHead(404, {'content-type': 'text/plain'}).end('/metrics is here\n')
      } else if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, {'content-type': 'text/plain', allow: 'GET, HEAD'}).end('only GET\n')
      } else {
        response
          .writeHead(200, {'content-type': 'text/plain; version=0.0.4; charset=utf-8'})
          .end(forAPipe(text(), request))
      }
    }),
  )
}
