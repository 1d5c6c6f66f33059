import {createPrivateKey, type KeyObject, X509Certificate} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {AppError, messageOf} from '../shared/errors.ts'

/** A certificate and its key are a few kilobytes, a bundle of CAs a few hundred. */
const maxBytes = 4 * 1024 * 1024

/** @throws AppError `TLS_CERT`, as all of these */
export function readPem(path: string, what: string): Buffer {
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

/** The first one of the file. */
export function certificate(pem: Buffer, path: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw tlsFault(`${path} holds no certificate in PEM`, 'openssl x509 -in FILE -text -noout shows what it is.', error)
  }
}

export function privateKey(pem: Buffer, path: string): KeyObject {
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

/** `2026-07-28`, UTC. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

export function tlsFault(message: string, fix: string, cause?: unknown): AppError {
  return new AppError('TLS_CERT', message, {fix, cause})
}
