import {type Check, fail, info, notSeen, pass, skip} from '../../check.ts'

/** The proxy's own code for a client that it does not let in; over HTTP it comes with 401. */
const accessCode = '"code":-32003'

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
    const status = failure.httpStatus ?? (failure.evidence?.includes(accessCode) ? 401 : null)
    const refused = status === 401 || status === 403
    if (refused && !withKey)
      return [
        info(url, `${url} answers, and wants credentials: HTTP ${status} after ${openMs} ms`, {
          remedy: 'name the variable with a key to look further: --key-env NAME',
        }),
      ]
    return [
      fail(url, `the endpoint of the proxy does not serve: ${failure.message}`, {
        evidence: [
          `${failure.kind} after ${openMs} ms${failure.blame === undefined ? '' : `, fault of: ${failure.blame}`}`,
          ...(failure.evidence === null ? [] : [failure.evidence]),
        ],
        causes,
        remedy: refused ? 'only1mcp auth inspect looks at a credential' : 'only1mcp doctor --quick',
      }),
    ]
  },
}
