import type {ProbeResult} from './facts/backends.ts'
import type {ServerOutline} from './facts/config.ts'

/** Where people are sent who have not logged in. */
const login = /[/.](?:log|sign)[-_]?[io]n\b|[/.](?:o?auth2?|sso|saml2?|adfs|idp|authorize)\b/i

type Failure = Pick<NonNullable<ProbeResult['failure']>, 'httpStatus' | 'kind' | 'message'>
type Endpoint = Pick<ServerOutline, 'id' | 'target' | 'transport'> &
  Partial<Pick<ServerOutline, 'credentialFault' | 'variables'>>

/** What to do about an endpoint that does not speak MCP to us; its address, certificate and credentials are other checks' concern. */
export function endpointAdvice(failure: Failure, endpoint: Endpoint): string {
  const {id, target, transport, credentialFault = null, variables = []} = endpoint
  const then = `then only1mcp health check ${id}`
  const {httpStatus, kind, message} = failure
  const moved = /redirects \(HTTP \d+\) to (\S{1,300});/.exec(message)?.[1]
  if (kind === 'CredentialsRejected') return `renew what servers[].auth of ${id} says, ${then}`
  if (message.endsWith('cannot be sent') && credentialFault !== null)
    return `the token ${credentialFault}: correct ${variables[0] ?? `it in the entry of ${id}`}, restart the runtime, ${then}`
  if (moved !== undefined && login.test(moved))
    return `${moved} looks like a login page: give ${id} a token (servers[].auth.token), or correct the path in its endpoint`
  if (moved !== undefined) return `set endpoint of ${id} to ${moved}, ${then}`
  if (kind === 'NotMcp')
    return `correct endpoint of ${id}: a web page is served at ${target}; MCP is often at ${usual(target)}`
  if (httpStatus === 404)
    return `correct the path in endpoint of ${id}: nothing is served at ${target}; MCP is often at ${usual(target)}`
  if ((httpStatus === 405 || httpStatus === 406 || httpStatus === 400) && transport === 'http')
    return `if it speaks HTTP+SSE, set transport: sse for ${id}; else correct the path in its endpoint (${target})`
  if (httpStatus === 429) return `${id} limits our requests: ask whoever runs it for more, or call it less`
  if (httpStatus !== null && httpStatus >= 500)
    return `look at the log of ${id} itself, or of the gateway before it: curl -v ${target}, ${then}`
  if (kind === 'TransportFailed' && target.startsWith('http:') && /closed before|reset|HPE_|Parse Error/i.test(message))
    return `see what it speaks: curl -v ${target}; if that is TLS, write https:// in endpoint of ${id}`
  return `curl -v ${target} from this machine, ${then}`
}

/** The usual paths, without the one that was tried. */
function usual(target: string): string {
  const tried = URL.canParse(target) ? new URL(target).pathname : ''
  return ['/mcp', '/sse'].filter(path => path !== tried).join(' or ')
}
