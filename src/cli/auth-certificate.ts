import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {type CertificateReport, inspectCertificate} from '../auth/inspect-certificate.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {printJson, printLine} from './output.ts'

export interface CertificateRequest {
  readonly file: string
  readonly ca: string | undefined
  readonly key: string | undefined
  readonly host: string | undefined
  readonly json: boolean
}

const maxBytes = 8 * 1024 * 1024

/** Shows a certificate and what is wrong with it. Exit 1 where something is. @throws AppError `FILE_UNREADABLE`, `NO_CERTIFICATE` */
export function printCertificate(request: CertificateRequest): void {
  const report = inspectCertificate({
    file: readFile(request.file),
    ca: request.ca === undefined ? undefined : readFile(request.ca),
    key: request.key === undefined ? undefined : readFile(request.key),
    host: request.host,
    nowMs: Date.now(),
  })
  if (report === undefined)
    throw new AppError('NO_CERTIFICATE', `${request.file} holds no certificate, neither PEM nor DER`, {
      exitCode: exitCode.findings,
      fix: 'A private key or a request is no certificate: look at its first line.',
    })
  if (report.checks.some(({status}) => status === 'fail')) process.exitCode = exitCode.findings
  if (request.json) return printJson(report)
  for (const line of lines(report)) printLine(line)
}

function* lines({certificates, checks}: CertificateReport): Generator<string> {
  for (const {id, status, summary} of checks)
    yield `${status.toUpperCase().padEnd(4)}  ${id.padEnd(8)}  ${safeText(summary)}`
  for (const [index, each] of certificates.entries()) {
    yield ''
    yield index === 0 ? 'certificate' : `certificate ${index + 1} of the file`
    yield `  subject     ${safeText(each.subject)}`
    yield `  issuer      ${safeText(each.issuer)}`
    yield `  names       ${safeText(each.names.join(', ') || '-')}`
    yield `  valid       ${each.notBefore} to ${each.notAfter}`
    yield `  key         ${safeText(each.key)}${each.ca ? ', a CA' : ''}`
    yield `  serial      ${each.serial}`
    yield `  sha256      ${each.sha256}`
  }
}

/** Waits for nothing (a FIFO) and reads no device. */
function readFile(path: string): Buffer {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw new Error('it is no regular file')
    if (stat.size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
    const bytes = Buffer.alloc(stat.size)
    let length = 0
    while (length < bytes.length) {
      const got = readSync(fd, bytes, length, bytes.length - length, length)
      if (got === 0) break
      length += got
    }
    return bytes.subarray(0, length)
  } catch (error) {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, {cause: error})
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
