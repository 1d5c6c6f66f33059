import type {HttpClient, HttpClientOptions} from './http-client.ts'

/** Plain HTTP has a client of its own, at a third of the cost (docs/decisions/0010); TLS is undici's. */
export async function openHttpClient(options: HttpClientOptions): Promise<HttpClient> {
  const client = await openTransport(options)
  if (options.authorization === undefined) return client
  const {AuthorizedHttpClient} = await import('./authorized-http-client.ts')
  return new AuthorizedHttpClient(client, options.authorization)
}

async function openTransport(options: HttpClientOptions): Promise<HttpClient> {
  if (options.origin.startsWith('http:')) {
    const {PlainHttpClient} = await import('./plain-http-client.ts')
    return new PlainHttpClient(options)
  }
  const {TlsHttpClient} = await import('./tls-http-client.ts')
  return new TlsHttpClient(options)
}
