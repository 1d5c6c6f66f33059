import {inspectCertificate} from '../../auth/inspect-certificate.ts'
import type {Collector} from '../live-facts.ts'
import {readSmallFile} from './small-file.ts'

/** The certificate of our own TLS listener, with its key: `<certificate file>|<key file>`. */
export const tlsFiles: Collector<'tls.files'> = {
  kind: 'tls.files',
  timeoutMs: 2000,
  async collect(about, {clock}) {
    const [certPath = '', keyPath = ''] = about.split('|')
    if (certPath === '') return {state: 'absent', why: 'no TLS listener is configured'}
    const file = readSmallFile(certPath)
    if (file.state !== 'known') return file
    const key = readSmallFile(keyPath)
    const report = inspectCertificate({
      file: file.bytes,
      key: key.state === 'known' ? key.bytes : undefined,
      nowMs: clock.wallMs(),
    })
    if (report === undefined) return {state: 'error', why: `${certPath} holds no certificate`}
    return {state: 'known', value: report}
  },
}

/** The CA that client certificates must come from. */
export const tlsCa: Collector<'tls.ca'> = {
  kind: 'tls.ca',
  timeoutMs: 2000,
  async collect(path, {clock}) {
    if (path === '') return {state: 'absent', why: 'no CA of client certificates is configured'}
    const file = readSmallFile(path)
    if (file.state !== 'known') return file
    const report = inspectCertificate({file: file.bytes, nowMs: clock.wallMs()})
    return report ? {state: 'known', value: report} : {state: 'error', why: `${path} holds no certificate`}
  },
}

/** Who may read a private key. */
export const tlsKeyMode: Collector<'tls.key_mode'> = {
  kind: 'tls.key_mode',
  timeoutMs: 2000,
  async collect(path) {
    if (path === '') return {state: 'absent', why: 'no TLS listener is configured'}
    const file = readSmallFile(path)
    if (file.state !== 'known') return file
    return {state: 'known', value: {path, mode: file.mode, ownedByUs: file.uid === process.getuid?.()}}
  },
}
