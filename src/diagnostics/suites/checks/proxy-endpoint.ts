import type {BlameParty} from '../../../shared/blame.ts'
import {type Check, fail, info, notSeen, pass, skip} from '../../check.ts'
import type {ProxyEndpoint} from '../../facts/suites.ts'

/** The running proxy does the handshake and lists its tools, as for any MCP client. */
export const proxyEndpoint: Check<['proxy.endpoint']> = {
  id: 'proxy.endpoint',
  category: 'network',
  severity: 'fail',
  title: 'the endpoint of the proxy serves MCP clients',
  docs: 'the-endpoint-of-the-proxy-does-not-serve',
  after: ['process.running', 'port.listening'],
  needs: () => ['proxy.endpoint'],
  run([endpoint]) {
    const causes = [{id: 'port.listening'}, {id: 'process.running'}]
    if (endpoint.state === 'absent')
      return [skip('', `the endpoint was not asked: ${endpoint.why}`, {causes, remedy: 'only1mcp start'})]
    if (endpoint.state !== 'known') return [notSeen(endpoint, '', {causes})]
    const {url, failure, openMs, tools, protocolVersion, withKey} = endpoint.value
    if (failure === null) return [pass(url, `${url}: MCP ${protocolVersion} after ${openMs} ms, ${tools} tools`)]
    const refused = wantsCredentials(failure)
    if (refused && !withKey)
      return [
        info(url, `${url} answers, and wants credentials (after ${openMs} ms)`, {
          remedy: 'name the variable with a key to look further: --key-env NAME',
        }),
      ]
    return [
      fail(url, `the endpoint of the proxy does not serve: ${failure.message}`, {
        evidence: [
          `${failure.kind} after ${openMs} ms${faultOf(failure.blame)}`,
          ...(failure.evidence === null ? [] : [failure.evidence]),
        ],
        causes,
        remedy: refused ? 'only1mcp auth inspect looks at a credential' : 'only1mcp doctor --quick',
      }),
    ]
  },
}

/** The proxy's own code for a client that it does not let in; it comes as an answer to the handshake. */
const accessCode = '"code":-32003'

function wantsCredentials({httpStatus, evidence}: NonNullable<ProxyEndpoint['failure']>): boolean {
  return httpStatus === 401 || httpStatus === 403 || evidence?.includes(accessCode) === true
}

/** What is a backend to every client is the proxy here. */
function faultOf(blame: BlameParty | undefined): string {
  if (blame === undefined) return ''
  return `, fault of: ${blame === 'transport' ? 'transport' : 'proxy'}`
}
