import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  readonly name?: string
  /** As openssl writes them: `DNS:localhost,IP:127.0.0.1`. */
  readonly alternative?: string
  /** Whole days; negative for one that has expired. */
  readonly days?: number
  readonly usage?: 'serverAuth' | 'clientAuth'
}

/** A certification authority made by openssl, whose files lie in a folder that is given. */
export class CertificateAuthority {
  readonly #folder: string
  readonly #openssl: string
  readonly ca: CertificateFiles
  #count = 0

  constructor(folder: string, name = 'Test CA', openssl = 'openssl') {
    this.#folder = folder
    this.#openssl = openssl
    this.ca = {cert: join(this.#folder, 'ca.pem'), key: join(this.#folder, 'ca.key')}
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30']
    this.#run([...request, '-subj', `/CN=${name}`, '-keyout', this.ca.key, '-out', this.ca.cert])
  }

  issue(options: CertificateOptions = {}): CertificateFiles {
    const {name = 'localhost', alternative = 'DNS:localhost,IP:127.0.0.1', days = 10, usage = 'serverAuth'} = options
    const base = join(this.#folder, `cert-${++this.#count}`)
    const [key, csr, cert, ext] = [`${base}.key`, `${base}.csr`, `${base}.pem`, `${base}.ext`]
    writeFileSync(ext, `subjectAltName=${alternative}\nextendedKeyUsage=${usage}\nbasicConstraints=CA:FALSE\n`)
    const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    this.#run([...request, '-subj', `/CN=${name}`, '-keyout', key, '-out', csr])
    const day = (offset: number): string =>
      new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '')
    // `x509 -req` of OpenSSL 3.0 knows no dates, `ca` does.
    const config = `${base}.cnf`
    writeFileSync(
      config,
      `[ca]\ndefault_ca=d\n[d]\ndatabase=${base}.db\nnew_certs_dir=${this.#folder}\nserial=${base}.srl\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n`,
    )
    writeFileSync(`${base}.db`, '')
    writeFileSync(`${base}.srl`, `0${this.#count}\n`)
    const dates = ['-startdate', day(Math.min(-1, days - 5)), '-enddate', day(days)]
    const sign = ['ca', '-batch', '-notext', '-config', config, '-cert', this.ca.cert, '-keyfile', this.ca.key]
    this.#run([...sign, ...dates, '-extfile', ext, '-in', csr, '-out', cert])
    return {cert, key}
  }

  #run(args: readonly string[]): void {
    execFileSync(this.#openssl, args, {stdio: 'pipe'})
  }
}
