import type {CallFailure} from './call-failure.ts'
import type {RequestAuthorization} from './request-authorization.ts'

export type HttpHead = Readonly<Record<string, string | string[] | undefined>>

export interface HttpRequest {
  readonly path: string
  readonly method: 'POST' | 'GET' | 'DELETE'
  /** The same object for the same headers: what is made of it is kept. */
  readonly headers: Readonly<Record<string, string>>
  /** Further headers, of this request alone. */
  readonly more?: Readonly<Record<string, string>> | undefined
  readonly body: Buffer | null
}

/** What becomes of a request. After `end` or `failed`, and after an abort, nothing more is told. */
export interface HttpReceiver {
  head(status: number, headers: HttpHead): void
  /** The bytes are the receiver's own from then on. */
  data(chunk: Buffer): void
  end(): void
  /** @param written whether the request may have reached the backend */
  failed(error: Error, written: boolean): void
}

export interface HttpExchange {
  /** Ends it, with nothing more told to the receiver. */
  abort(): void
  /** What it waits for on our side, before anything of it was sent; undefined once it is on its way. */
  heldBack?(): CallFailure | undefined
}

/** Requests to one origin, over connections that are kept. */
export interface HttpClient {
  /** Never throws: what is wrong goes to `receiver.failed`, at once or later. */
  send(request: HttpRequest, receiver: HttpReceiver): HttpExchange
  /** Ends all connections; what is under way fails. */
  destroy(): Promise<void>
}

export interface HttpPoolOptions {
  readonly maxConnections: number
  /** Connections that are kept ready, used or not. */
  readonly minIdle: number
  /** How long a connection is kept that nobody uses; less where the backend says so. */
  readonly maxIdleMs: number
  /** How often unused connections are looked through. */
  readonly validationMs: number
}

export const defaultPool: HttpPoolOptions = {maxConnections: 128, minIdle: 0, maxIdleMs: 30_000, validationMs: 10_000}

/** PEM texts: whom we trust (the system's CAs without `ca`), and who we are. */
export interface TlsIdentity {
  readonly ca?: Buffer | undefined
  readonly cert?: Buffer | undefined
  readonly key?: Buffer | undefined
  /** `ca` holds the server's own certificate: that one is taken, whoever issued it. */
  readonly allowPartialTrustChain?: boolean | undefined
  /** Where the name does not matter, since the certificate itself is known. */
  readonly checkServerIdentity?: (() => undefined) | undefined
}

export interface HttpClientOptions {
  readonly origin: string
  readonly connectTimeoutMs: number
  readonly pool: HttpPoolOptions
  /** Asked at each connection; the same object while nothing has changed. @throws CallFailure */
  readonly tls?: (() => TlsIdentity) | undefined
  /** Sent with every request; renewed by its owner. */
  readonly authorization?: RequestAuthorization | undefined
}
