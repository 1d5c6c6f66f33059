import {X509Certificate} from 'node:crypto'
import {certificate, day, readPem, tlsFault} from './pem-file.ts'
import {fileStamp, readTlsMaterial} from './tls-material.ts'

/** `servers[].auth.tls`: files in PEM. */
export interface TlsClientFiles {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

export interface TlsClientMaterial {
  readonly ca: Buffer | undefined
  readonly cert: Buffer | undefined
  readonly key: Buffer | undefined
}

/** What new connections to one server speak with: read again when a file is another one. */
export class TlsClientIdentity {
  readonly #files: TlsClientFiles
  readonly #wallMs: () => number
  #read: {readonly stamp: string; readonly material: TlsClientMaterial; readonly untilMs: number} | undefined

  constructor(files: TlsClientFiles, wallMs: () => number) {
    this.#files = files
    this.#wallMs = wallMs
  }

  /** The same object while nothing has changed. @throws AppError `TLS_CERT` that names the file */
  current(): TlsClientMaterial {
    const {ca, cert, key} = this.#files
    const stamp = stampOf([ca, cert, key].filter(path => path !== undefined))
    const wallMs = this.#wallMs()
    if (stamp !== undefined && this.#read?.stamp === stamp && wallMs < this.#read.untilMs) return this.#read.material
    const own = cert === undefined || key === undefined ? undefined : readTlsMaterial({cert, key}, wallMs)
    const trusted = ca === undefined ? undefined : readAuthorities(ca, wallMs)
    const material = {ca: trusted?.pem, cert: own?.cert, key: own?.key}
    const untilMs = Math.min(own?.notAfterMs ?? Infinity, trusted?.notAfterMs ?? Infinity)
    this.#read = stamp === undefined ? undefined : {stamp, material, untilMs}
    return material
  }
}

/** undefined where a file is not there: reading it says which. */
function stampOf(paths: readonly string[]): string | undefined {
  try {
    return fileStamp(paths)
  } catch {
    return undefined // the reader names the file and why
  }
}

/** A bundle may hold some that have ended; one that holds nothing else lets nobody be trusted. */
function readAuthorities(path: string, wallMs: number): {readonly pem: Buffer; readonly notAfterMs: number} {
  const pem = readPem(path, 'CA')
  const blocks = pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  if (blocks === null) certificate(Buffer.alloc(0), path)
  const ends = (blocks ?? []).map(block => Date.parse(certificate(Buffer.from(block), path).validTo))
  const notAfterMs = Math.max(...ends)
  if (wallMs <= notAfterMs) return {pem, notAfterMs}
  const name = new X509Certificate(pem).subject.replaceAll('\n', ', ')
  throw tlsFault(
    `the CA ${path} (${name}) expired on ${day(notAfterMs)}`,
    'Put the CA that signs the certificate of the server now into the file; new connections read it again.',
  )
}
