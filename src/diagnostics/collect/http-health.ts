import type http from 'node:http'
import https from 'node:https'
import {errnoCode} from '../../shared/errors.ts'
import {nodeHttp} from '../../shared/node-http.ts'
import type {FactOutcome} from '../fact.ts'
import {formatHostPort, parseHostPort} from '../host-port.ts'
import type {Collector} from '../live-facts.ts'

const maxBodyBytes = 64 * 1024

/** What `GET /health` on `<host>:<port>`, or over TLS on `https://<host>:<port>`, says. Any program may be there: its answer is read up to 64 KiB and believed little. */
export const httpHealth: Collector<'http.health'> = {
  kind: 'http.health',
  timeoutMs: 2000,
  collect(about, {signal, clock}) {
    const secure = about.startsWith('https://')
    const address = parseHostPort(secure ? about.slice('https://'.length) : about)
    const url = `${secure ? 'https' : 'http'}://${formatHostPort(address)}/health`
    if (address.port === 0) {
      return Promise.resolve({state: 'absent', why: 'the port is 0: the system chooses one at each start'})
    }
    const started = clock.now()
    const elapsed = (): number => Math.round(clock.now() - started)
    return new Promise(resolve => {
      const options = {...address, path: '/health', agent: false, signal}
      // Nothing is sent that could be taken, and port.owner tells whose port it is: any certificate will do, as for a name
      // that loopback has not.
      const request = secure ? https.get({...options, rejectUnauthorized: false}) : nodeHttp.get(options)
      let shook = false
      request.once('socket', socket => socket.once('secureConnect', () => (shook = true)))
      request.on('response', response => {
        const chunks: Buffer[] = []
        let size = 0
        const end = (): void => resolve(answer(response, Buffer.concat(chunks).toString('utf8'), elapsed()))
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size <= maxBodyBytes) chunks.push(chunk)
          else response.destroy()
        })
        response.once('end', end)
        response.once('close', end)
        response.on('error', () => {}) // cut short: `close` follows, and what came is the answer
      })
      request.once('error', error => {
        const code = errnoCode(error) ?? error.message
        if (shook && (code === 'ECONNRESET' || code.startsWith('ERR_SSL_'))) {
          const why = `GET ${url}: it ended the connection after the TLS handshake; it wants a client certificate`
          return resolve({state: 'denied', why})
        }
        if (/^(HPE_|ERR_SSL_|EPROTO)/.test(code) || code === 'ECONNRESET') {
          const value = {status: null, ours: false, reason: null, server: null, body: '', ms: elapsed()}
          return resolve({state: 'known', value})
        }
        resolve({state: 'absent', why: `GET ${url}: ${code}`})
      })
    })
  },
}

function answer(response: http.IncomingMessage, body: string, ms: number): FactOutcome<'http.health'> {
  const ours = healthBody(body)
  return {
    state: 'known',
    value: {
      status: response.statusCode ?? null,
      ours: ours !== undefined,
      reason: ours?.reason ?? null,
      server: String(response.headers.server ?? '') || null,
      body: ours === undefined ? body.slice(0, 200) : '',
      ms,
    },
  }
}

/** Our endpoint answers with `{status, reason?, servers}`; many others answer with a `status` alone. */
function healthBody(text: string): {readonly reason: string | null} | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('status' in value)) return undefined
    if (typeof value.status !== 'string' || !('servers' in value)) return undefined
    return {reason: 'reason' in value && typeof value.reason === 'string' ? value.reason : null}
  } catch {
    return undefined // no JSON: another program
  }
}
