import type {X509Certificate} from 'node:crypto'
import {statSync} from 'node:fs'
import {certificate, day, privateKey, readPem, tlsFault} from './pem-file.ts'

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
  return fileStamp([files.cert, files.key, ...(files.client_ca === undefined ? [] : [files.client_ca])])
}

/** @throws the system's error when one is missing */
export function fileStamp(paths: readonly string[]): string {
  return paths
    .map(path => {
      const {mtimeMs, size, ino} = statSync(path)
      return `${mtimeMs} ${size} ${ino}`
    })
    .join('\n')
}
