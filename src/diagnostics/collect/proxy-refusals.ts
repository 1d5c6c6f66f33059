import https from 'node:https'
import {nodeHttp} from '../../shared/node-http.ts'
import type {ProxyRefusals} from '../facts/suites.ts'
import {formatHostPort, parseHostPort} from '../host-port.ts'
import type {Collector} from '../live-facts.ts'

/** Harmless in both eras: an answer to it is a way in. */
const question = JSON.stringify({jsonrpc: '2.0', id: 1, method: 'ping'})
/** Reserved (RFC 2606): nobody configures it, and nothing resolves it. */
const foreign = 'attacker.invalid'

/** What the MCP endpoint answers to requests as a page of another site, or anybody without a key, could send them. */
export const proxyRefusals: Collector<'proxy.refusals'> = {
  kind: 'proxy.refusals',
  timeoutMs: 4000,
  async collect(about, {signal}) {
    const secure = about.startsWith('https://')
    const address = parseHostPort(secure ? about.slice('https://'.length) : about)
    const own = formatHostPort(address)
    const url = `${secure ? 'https' : 'http'}://${own}/mcp`
    const ask = (headers: Readonly<Record<string, string>>) => statusOf({...address, secure, signal, headers})
    const [foreignHost, foreignOrigin, anonymous] = await Promise.all([
      ask({host: `${foreign}:${address.port}`}),
      ask({host: own, origin: `http://${foreign}`}),
      ask({host: own}),
    ])
    for (const each of [foreignHost, foreignOrigin, anonymous])
      if (typeof each === 'string') return {state: 'absent', why: `POST ${url}: ${each}`}
    return {state: 'known', value: {url, foreignHost, foreignOrigin, anonymous} as ProxyRefusals}
  },
}

interface Question {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly signal: AbortSignal
  readonly headers: Readonly<Record<string, string>>
}

/** @returns null where the connection was ended without an answer, the system's word where there was none */
function statusOf({host, port, secure, signal, headers}: Question): Promise<number | null | string> {
  return new Promise(resolve => {
    const whole = {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'content-length': String(Buffer.byteLength(question)),
    }
    const options = {host, port, method: 'POST', path: '/mcp', agent: false, signal, headers: whole}
    // Nothing is sent that could be taken, and port.owner tells whose port it is: any certificate will do.
    const request = secure ? https.request({...options, rejectUnauthorized: false}) : nodeHttp.request(options)
    request.once('response', response => {
      response.resume()
      response.once('close', () => resolve(response.statusCode ?? null))
      response.on('error', () => {}) // cut short: `close` follows
    })
    request.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.message
      resolve(code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('ERR_SSL_') ? null : code)
    })
    request.end(question)
  })
}
