import {type Check, fail, notSeen, pass, skip} from '../check.ts'

/** The issuer's keys can be read from the file that the configuration names. */
export const authKeyFile: Check<['auth.key_file']> = {
  id: 'auth.key_file',
  category: 'auth',
  severity: 'fail',
  title: 'the key file of JWTs can be read',
  docs: 'the-key-file-cannot-be-used',
  after: ['config.valid'],
  needs: ({outline}) => [`auth.key_file:${outline?.jwtKeyFile ?? ''}`],
  run([file], {outline}) {
    const path = outline?.jwtKeyFile ?? ''
    if (path === '') return [skip('', 'no key file of JWTs is configured')]
    if (file.state === 'known') return [pass(path, `${path} holds ${file.value.keys} keys`)]
    if (file.state === 'denied' || file.state === 'timeout') return [notSeen(file, path)]
    return [
      fail(path, `the key file cannot be used: ${file.why}`, {
        evidence: ['the runtime does not start with it; a running one goes on with the last good keys'],
        remedy: 'put the public key of the issuer there: PEM, a certificate, a JWK or a JWK set',
      }),
    ]
  },
}
