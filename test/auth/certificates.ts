import {CertificateAuthority} from '../helpers/certificate-authority.ts'
import {needsBinary} from '../helpers/missing-binary.ts'
import {tempDir} from '../helpers/temp-dir.ts'

export type {CertificateFiles, CertificateOptions} from '../helpers/certificate-authority.ts'

/** A certification authority of a test, in a folder of its own; the test is skipped where openssl is missing. */
export class TestAuthority extends CertificateAuthority {
  constructor(name = 'Test CA') {
    super(tempDir(), name, needsBinary('openssl'))
  }
}
