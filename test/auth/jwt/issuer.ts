import {generateKeyPairSync, type KeyObject} from 'node:crypto'
import http from 'node:http'
import type {AddressInfo} from 'node:net'
import {SignJWT} from 'jose'
import {atEnd} from '../../helpers/at-end.ts'

export interface SigningKey {
  readonly kid: string | undefined
  readonly alg: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A key pair of a kind that issuers use. */
export function signingKey(kid: string | undefined, alg: 'RS256' | 'ES256' | 'EdDSA' = 'ES256'): SigningKey {
  const pair =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', {modulusLength: 2048})
      : alg === 'ES256'
        ? generateKeyPairSync('ec', {namedCurve: 'P-256'})
        : generateKeyPairSync('ed25519')
  return {kid, alg, ...pair}
}

export function jwks(keys: readonly SigningKey[]): {keys: object[]} {
  return {keys: keys.map(({kid, publicKey}) => ({...publicKey.export({format: 'jwk'}), use: 'sig', kid}))}
}

/** A token of alice for `me`, good for an hour, with what differs. */
export function token(key: SigningKey, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({iss: 'https://issuer.example', sub: 'alice', aud: 'me', iat: now, exp: now + 3600, ...claims})
    .setProtectedHeader({alg: key.alg, ...(key.kid !== undefined && {kid: key.kid})})
    .sign(key.privateKey)
}

export interface FakeIssuer {
  readonly url: string
  /** What it answers by path; a number is a status without a document, a text a redirect. */
  readonly pages: Map<string, object | number | string>
  /** Paths that were asked for. */
  readonly asked: string[]
  stop(): Promise<void>
}

/** An authorization server as far as a resource server sees one. */
export async function startIssuer(): Promise<FakeIssuer> {
  const pages = new Map<string, object | number | string>()
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    const page = pages.get(request.url ?? '') ?? 404
    if (typeof page === 'number') return response.writeHead(page).end()
    if (typeof page === 'string') return response.writeHead(302, {location: page}).end()
    response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(page))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  atEnd(stop)
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, pages, asked, stop}
}
