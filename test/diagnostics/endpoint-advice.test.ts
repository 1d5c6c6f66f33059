import {expect, test} from 'vitest'
import {endpointAdvice} from '../../src/diagnostics/endpoint-advice.ts'
import {httpServer} from './whole-world.ts'

const target = 'http://mcp.example.com/api'
const failure = {kind: 'HttpStatus', message: 'it answered', httpStatus: null, evidence: null}

test.each([
  [
    {httpStatus: 307, message: 'it redirects (HTTP 307) to https://mcp.example.com/mcp; redirects are not followed'},
    'set endpoint of web to https://mcp.example.com/mcp',
  ],
  [{httpStatus: 404}, `nothing is served at ${target}`],
  [{httpStatus: 405}, 'set transport: sse for web'],
  [{httpStatus: 429}, 'limits our requests'],
  [{httpStatus: 502}, `curl -v ${target}`],
  [{httpStatus: 200, kind: 'NotMcp'}, 'a web page is served'],
  [{kind: 'TransportFailed', message: 'the connection was reset'}, 'write https:// in endpoint of web'],
  [{kind: 'BackendTimeout'}, `curl -v ${target} from this machine`],
])('%j', (change, advice) => {
  expect(endpointAdvice({...failure, ...change}, httpServer({target}))).toContain(advice)
})

test('does not send a server that speaks HTTP+SSE already there once more', () => {
  const sse = httpServer({target, transport: 'sse'})
  expect(endpointAdvice({...failure, httpStatus: 405}, sse)).not.toContain('transport: sse')
})
