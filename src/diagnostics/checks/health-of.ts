import type {CheckContext} from '../check.ts'
import type {FactKey} from '../fact.ts'
import {formatHostPort} from '../host-port.ts'

/** What the health endpoint of the proxy says, as a fact to ask for. */
export function healthOf({server}: CheckContext): FactKey<'http.health'> {
  return `http.health:${server.tls === true ? 'https://' : ''}${formatHostPort(server)}`
}
