import type {ProbeResult} from './facts/backends.ts'
import type {ServerOutline} from './facts/config.ts'

type Failure = NonNullable<ProbeResult['failure']>

/** What to do about an endpoint that does not speak MCP to us; its address, certificate and credentials are other checks' concern. */
export function endpointAdvice(failure: Failure, {id, target, transport}: ServerOutline): string {
  const then = `then only1mcp health check ${id}`
  const {httpStatus, kind, message} = failure
  const moved = /redirects \(HTTP \d+\) to (\S{1,300});/.exec(message)?.[1]
  if (moved !== undefined) return `set endpoint of ${id} to ${moved}, ${then}`
  if (kind === 'NotMcp')
    return `correct endpoint of ${id}: a web page is served at ${target}; MCP is often at /mcp or /sse`
  if (httpStatus === 404)
    return `correct the path in endpoint of ${id}: nothing is served at ${target}; MCP is often at /mcp or /sse`
  if ((httpStatus === 405 || httpStatus === 406 || httpStatus === 400) && transport === 'http')
    return `if it speaks HTTP+SSE, set transport: sse for ${id}; else correct the path in its endpoint (${target})`
  if (httpStatus === 429) return `${id} limits our requests: ask whoever runs it for more, or call it less`
  if (httpStatus !== null && httpStatus >= 500)
    return `look at the log of ${id} itself, or of the gateway before it: curl -v ${target}, ${then}`
  if (kind === 'TransportFailed' && target.startsWith('http:') && /closed before|reset|HPE_|Parse Error/i.test(message))
    return `see what it speaks: curl -v ${target}; if that is TLS, write https:// in endpoint of ${id}`
  return `curl -v ${target} from this machine, ${then}`
}
