import {createPrivateKey, type KeyObject, X509Certificate} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {AppError, messageOf} from '../shared/errors.ts'

export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly client_ca?: string | undefined
}

/** What a TLS listener or client speaks with; PEM. */
export interface TlsMaterial {
  readonly cert: Buffer
  readonly key: Buffer
  readonly ca: Buffer | undefined
  readonly leaf: X509Certificate
  /** Milliseconds since the epoch. */
  readonly notAfterMs: number
}

/** A certificate and its key are a few kilobytes, a bundle of CAs a few hundred. */
const maxBytes = 4 * 1024 * 1024

/**
 * Reads and checks: a certificate that has expired, or a key that is not its own, is found here and not by the first
 * client.
 * @throws AppError `TLS_CERT`
 */
export function readTlsMaterial(files: TlsFiles, wallMs: number): TlsMaterial {
  const cert = readPem(files.cert, 'certificate')
  const key = readPem(files.key, 'private key')
  const ca = files.client_ca === undefined ? undefined : readPem(files.client_ca, 'CA of client certificates')
  const leaf = certificate(cert, files.cert)
  if (ca !== undefined) certificate(ca, files.client_ca ?? '')
  const name = leaf.subject.replaceAll('\n', ', ')
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)]
  if (wallMs > to)
    throw tlsFault(
      `the certificate ${files.cert} (${name}) expired on ${day(to)}`,
      'Renew it; a running proxy takes the new file by itself.',
    )
  if (wallMs < from)
    throw tlsFault(
      `the certificate ${files.cert} (${name}) is valid from ${day(from)} on`,
      'Check the clock of this host, or the certificate.',
    )
  if (!leaf.checkPrivateKey(privateKey(key, files.key)))
    throw tlsFault(
      `the private key ${files.key} does not belong to the certificate ${files.cert} (${name})`,
      'Name the key that the certificate was requested with; the first certificate of the file is the one that counts.',
    )
  return {cert, key, ca, leaf, notAfterMs: to}
}

/** Another text when any of the files is another one. */
export function tlsStamp(files: TlsFiles): string {
  const paths = [files.cert, files.key, ...(files.client_ca === undefined ? [] : [files.client_ca])]
  return paths
    .map(path => {
      const {mtimeMs, size, ino} = statSync(path)
      return `${mtimeMs} ${size} ${ino}`
    })
    .join('\n')
}

function readPem(path: string, what: string): Buffer {
  try {
    const stat = statSync(path)
    if (!stat.isFile()) throw new Error('it is no regular file')
    if (stat.size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
    return readFileSync(path)
  } catch (error) {
    throw tlsFault(
      `the ${what} ${path} cannot be read: ${messageOf(error)}`,
      'Check the path and its permissions.',
      error,
    )
  }
}

function certificate(pem: Buffer, path: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw tlsFault(`${path} holds no certificate in PEM`, 'openssl x509 -in FILE -text -noout shows what it is.', error)
  }
}

function privateKey(pem: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    const why = /passphrase|encrypted/i.test(messageOf(error)) ? 'is encrypted' : 'holds no private key in PEM'
    throw tlsFault(
      `${path} ${why}`,
      'openssl pkey -in FILE -out PLAIN writes it without a passphrase; keep it mode 0600.',
      error,
    )
  }
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function tlsFault(message: string, fix: string, cause?: unknown): AppError {
  return new AppError('TLS_CERT', message, {fix, cause})
}
