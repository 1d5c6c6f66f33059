import {readFileSync} from 'node:fs'
import tls from 'node:tls'

/**
 * The CAs that the runtime trusts, where they are others than ours: Node reads NODE_EXTRA_CA_CERTS at its start, and a shell
 * seldom has the variables of the service.
 *
 * @param variables those of the runtime, or of this shell where none runs
 * @returns PEM; undefined where our own are the same
 */
export function trustedAuthorities(variables: Readonly<Record<string, string | undefined>>): Buffer | undefined {
  const file = variables.NODE_EXTRA_CA_CERTS ?? ''
  if (file === (process.env.NODE_EXTRA_CA_CERTS ?? '')) return undefined
  return Buffer.from([...tls.rootCertificates, file === '' ? '' : textOf(file)].join('\n'))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // Node warns of it and goes on without, too
  }
}
