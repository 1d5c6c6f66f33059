import type {RequestListener} from 'node:http'
import https from 'node:https'
import {readTlsMaterial, type TlsFiles, type TlsMaterial, tlsStamp} from '../../auth/tls-material.ts'
import type {Clock} from '../../shared/clock.ts'
import {messageOf} from '../../shared/errors.ts'
import type {LogMessage} from '../runtime-log.ts'

export interface TlsServerOptions {
  readonly files: TlsFiles
  /** A client certificate is a proof, one of several: without it a request may come in with another. */
  readonly certificateProves: boolean
  readonly handler: RequestListener
  readonly serverOptions: https.ServerOptions
  readonly clock: Clock
  readonly log: (message: LogMessage) => void
}

/** For consoles and checks. */
export interface TlsReport {
  readonly subject: string
  /** ISO-8601 UTC. */
  readonly notAfter: string
  /** Why newer files were not taken; null when they were. */
  readonly error: string | null
}

export interface TlsServer {
  readonly server: https.Server
  readonly report: TlsReport
  /** Other files from now on; the old ones stay in use until those can be. */
  use(files: TlsFiles): void
  stop(): void
}

/** How soon a renewed certificate is taken. */
const lookEveryMs = 5_000

/**
 * The listener that speaks TLS, 1.2 at least. Renewed files are taken for new connections; those that are open go on.
 * @throws AppError `TLS_CERT`
 */
export function createTlsServer(options: TlsServerOptions): TlsServer {
  const {certificateProves, clock, log} = options
  let {files} = options
  let stamp = ''
  const read = (): TlsMaterial => {
    stamp = tlsStamp(files)
    return readTlsMaterial(files, clock.wallMs())
  }
  let material = readTlsMaterial(files, clock.wallMs())
  stamp = tlsStamp(files)
  let error: string | null = null
  const server = https.createServer(
    {
      ...options.serverOptions,
      ...context(material),
      requestCert: files.client_ca !== undefined,
      // Where a certificate is a proof, the gate refuses a bad one in words; else the handshake does.
      rejectUnauthorized: !certificateProves,
      handshakeTimeout: 10_000,
    },
    options.handler,
  )
  // A port scan must not fill the log.
  server.on('tlsClientError', fault =>
    log({
      level: 'DEBUG',
      module: 'tls',
      kind: 'HandshakeFailed',
      message: 'a client did not get through the TLS handshake',
      pairs: {error: messageOf(fault)},
    }),
  )

  const look = (): void => {
    try {
      if (tlsStamp(files) === stamp) return
      const next = read()
      server.setSecureContext(context(next))
      material = next
      error = null
      const pairs = {
        subject: next.leaf.subject.replaceAll('\n', ', '),
        not_after: new Date(next.notAfterMs).toISOString(),
      }
      log({
        level: 'INFO',
        module: 'tls',
        kind: 'CertificateTaken',
        message: 'renewed certificate files are in use',
        pairs,
      })
    } catch (fault) {
      const why = messageOf(fault)
      if (why !== error)
        log({
          level: 'ERROR',
          module: 'tls',
          kind: 'CertificateRefused',
          message: 'changed certificate files cannot be used; the ones before stay in use',
          pairs: {error: why},
        })
      error = why
    }
  }
  const timer = setInterval(look, lookEveryMs)
  timer.unref()

  return {
    server,
    get report() {
      return {
        subject: material.leaf.subject.replaceAll('\n', ', '),
        notAfter: new Date(material.notAfterMs).toISOString(),
        error,
      }
    },
    use: next => {
      files = next
      look()
    },
    stop: () => clearInterval(timer),
  }
}

function context({cert, key, ca}: TlsMaterial) {
  return {cert, key, ...(ca !== undefined && {ca}), minVersion: 'TLSv1.2' as const}
}
