import {lookup as systemLookup} from 'node:dns'
import https from 'node:https'
import {isIP, type LookupFunction} from 'node:net'
import {messageOf} from '../shared/errors.ts'
import {nodeHttp} from '../shared/node-http.ts'
import {isPrivateAddress} from './private-address.ts'

/** Why a document could not be had; never a credential, and of the answer nothing but its status. */
export class FetchFault extends Error {
  override readonly name = 'FetchFault'
  readonly status: number | undefined
  /** The answer, where there was one that is JSON: an OAuth error names itself in it. */
  readonly document: unknown

  constructor(message: string, status?: number, document?: unknown) {
    super(message)
    this.status = status
    this.document = document
  }
}

export interface FetchOptions {
  /**
   * `operator`: the configuration names this URL, and may name any host. `discovered`: a document named it: https only,
   * and no address that is not public.
   */
  readonly trust: 'operator' | 'discovered'
  readonly timeoutMs?: number
  readonly maxBytes?: number
  /** A form to be posted; else GET. */
  readonly form?: URLSearchParams
  readonly headers?: Readonly<Record<string, string>>
}

/** Whoever serves keys needs a few kilobytes. */
const defaultMaxBytes = 256 * 1024

/**
 * One JSON document over HTTP. Redirects are not followed, names are resolved once and the address that was checked is
 * the one that is used (server-side request forgery, DNS rebinding).
 * @throws FetchFault
 */
export function fetchJson(address: string, options: FetchOptions): Promise<unknown> {
  const {trust, timeoutMs = 5_000, maxBytes = defaultMaxBytes, form, headers} = options
  const url = URL.canParse(address) ? new URL(address) : undefined
  const fault = url === undefined ? 'it is no URL' : urlFault(url, trust)
  if (url === undefined || fault !== undefined) return Promise.reject(new FetchFault(`${shown(url)}: ${fault}`))
  return new Promise((resolve, reject) => {
    const fail = (why: string, status?: number, document?: unknown): void => {
      clearTimeout(timer)
      request.destroy()
      reject(new FetchFault(`${shown(url)}: ${why}`, status, document))
    }
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs)
    const body = form?.toString()
    const request = (url.protocol === 'https:' ? https : nodeHttp).request(url, {
      method: form === undefined ? 'GET' : 'POST',
      agent: false,
      headers: {
        accept: 'application/json',
        'user-agent': 'only1mcp',
        ...headers,
        ...(body !== undefined && {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(Buffer.byteLength(body)),
        }),
      },
      ...(trust === 'discovered' && {lookup: publicLookup}),
    })
    request.on('error', error => fail(messageOf(error)))
    request.on('response', response => {
      const status = response.statusCode ?? 0
      const chunks: Buffer[] = []
      let size = 0
      response.on('error', error => fail(messageOf(error)))
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > maxBytes) fail(`the answer is larger than ${maxBytes} bytes`)
        else chunks.push(chunk)
      })
      response.on('end', () => {
        clearTimeout(timer)
        const document = parsed(Buffer.concat(chunks))
        if (status >= 300 && status < 400) return fail(`HTTP ${status}, and redirects are not followed`, status)
        if (status !== 200) return fail(`HTTP ${status}`, status, document)
        if (document === undefined) return fail('the answer is no JSON')
        resolve(document)
      })
    })
    request.end(body)
  })
}

function urlFault(url: URL, trust: FetchOptions['trust']): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'only http and https are spoken'
  if (url.username !== '' || url.password !== '') return 'a URL with user info is not used'
  if (trust === 'operator') return undefined
  if (url.protocol !== 'https:') return 'a discovered URL has to be https'
  // The parser has made dotted decimal of every other spelling (0x7f.1, 2130706433 …).
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && isPrivateAddress(host)) return `${host} is not a public address`
  if (/(^|\.)localhost\.?$/.test(host)) return `${host} is not a public address`
  return undefined
}

/** As the system resolves, but a name that also means a private address is refused as a whole. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, {...options, all: true}, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const found = addresses.find(({address}) => isPrivateAddress(address))
    const [first] = addresses
    if (found || first === undefined)
      return callback(new Error(`${hostname} resolves to ${found?.address ?? 'nothing'}, not a public address`), '', 0)
    if (options.all === true) return callback(null, addresses)
    callback(null, first.address, first.family)
  })
}

function shown(url: URL | undefined): string {
  return url === undefined ? 'the address' : `${url.origin}${url.pathname}`
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined // the caller says what that means
  }
}
