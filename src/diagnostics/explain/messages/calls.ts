import type {MessageEntry} from '../entry.ts'

/** How calls to servers end when they do not end well. */
export const callMessages: readonly MessageEntry[] = [
  {
    id: 'no-answer-in-time',
    title: 'no answer to … within … ms',
    docs: 'code-32001',
    said: [
      'no answer to … within … ms',
      'MCP error -32001: Request timed out',
      'Request timed out',
      'Maximum total timeout exceeded',
      'the proxy did not answer within … ms',
      'timed out waiting for response',
      'TimeoutError: The operation was aborted due to timeout',
      'deadline exceeded',
      'ReadTimeout',
    ],
    words: ['BackendTimeout', 'RequestTimeout', 'TIMEOUT', 'ReadTimeout'],
    codes: ['-32001', 'exit 4'],
    meaning: 'The server did not answer in time. A tool call may have been carried out, or still be under way.',
    blame: ['backend-logic', 'configuration'],
    causes: [
      'the tool takes longer than servers[].timeout',
      'the server hangs or waits for something behind it',
      'the client has a shorter limit than the proxy',
    ],
    next: [
      'only1mcp explain REQUEST_ID',
      'only1mcp health check SERVER',
      'only1mcp doctor servers.first_byte performance.latency',
    ],
    example:
      'BackendTimeout request failed server_id=slow code=-32001 blame=backend-logic error="no answer to tools/call within 30000 ms"',
  },
  {
    id: 'no-backend-available',
    title: 'No backend available: …',
    docs: 'code-32002',
    said: [
      'No backend available',
      'No backend available: … is restarting',
      'No backend available: … is down',
      'it does not answer its health probes',
      'server does not answer its health probes',
      'no server is usable',
      'no server is up yet',
      'MCP error -32002: No backend available',
    ],
    words: ['NoBackend', 'NoTransport', 'ProbeUnhealthy'],
    wraps: true,
    codes: ['-32002', 'HTTP 503'],
    meaning: 'No server could take the call, and nothing was sent.',
    blame: ['backend-process', 'transport', 'configuration'],
    causes: [
      'the server is down, starting, or ends again and again',
      'its circuit breaker is open',
      'its endpoint cannot be reached',
      'it is disabled, or has neither command nor endpoint',
    ],
    next: ['only1mcp health status', 'only1mcp health check SERVER', 'only1mcp doctor servers'],
    example:
      'NoBackend request failed server_id=github code=-32002 error="No backend available: github is restarting: the server process exited with status 1"',
  },
  {
    id: 'circuit-breaker-open',
    title: '… has failed too often, and is left alone',
    docs: 'circuit-breaker-open',
    said: [
      'No backend available: … has failed too often',
      'Circuit breaker is open',
      'Circuit breaker open for',
      'calls to the server are refused for a while',
      'a few calls are let through to the server',
      'calls to the server are let through again',
      'Breaker is OPEN',
    ],
    words: ['BreakerOpen', 'BreakerOpened', 'BreakerHalfOpen', 'BreakerClosed', 'EOPENBREAKER', 'BreakerStates'],
    wraps: true,
    codes: ['-32002'],
    meaning:
      'After failure_threshold failures a server is not asked for a while, so that it can come back. It closes by itself when the server answers again.',
    blame: ['backend-process', 'backend-logic', 'transport'],
    causes: [
      'the server fails or is too slow: the failures before tell why',
      'failure_threshold is low for a server that fails now and then',
    ],
    next: [
      'only1mcp doctor servers.breakers servers.errors',
      'only1mcp health check SERVER',
      'only1mcp health history --server SERVER --last 1h',
    ],
    example:
      'WARN only1mcp::resilience - BreakerOpened calls to the server are refused for a while server_id=github failures=5',
  },
  {
    id: 'overloaded',
    title: '… is overloaded: … calls are on their way to it',
    docs: 'code-32004',
    said: [
      '… is overloaded: … calls are on their way to it',
      'server is overloaded',
      'queue is full',
      'Server is busy',
    ],
    words: ['Overloaded'],
    codes: ['-32004'],
    meaning:
      'As many calls as proxy.connection_pool.max_per_backend are in flight to that server, and as many as max_queue wait.',
    blame: ['backend-logic', 'configuration'],
    causes: ['the server is too slow for its load', 'the limits are lower than it can take'],
    next: ['only1mcp doctor performance.queue performance.latency', 'only1mcp config show --include-defaults'],
    example:
      'Overloaded request failed server_id=search code=-32004 error="search is overloaded: 16 calls are on their way to it, and 64 wait"',
  },
  {
    id: 'outcome-unknown',
    title: '… it is not known whether the call was carried out',
    docs: 'code-32005',
    said: ['it is not known whether the call was carried out'],
    words: ['AmbiguousDelivery'],
    wraps: true,
    codes: ['-32005'],
    meaning: 'The call was sent and no answer came. It is not repeated: it might run twice.',
    blame: ['backend-process', 'transport'],
    causes: ['the process ended after it had got the call', 'the connection broke', 'a gateway gave up'],
    next: ['only1mcp explain REQUEST_ID', 'only1mcp explain -32005'],
    example:
      'BackendExited request failed code=-32005 error="the server process exited with status 1: it is not known whether the call was carried out"',
  },
  {
    id: 'cancelled',
    title: '… was cancelled by the client',
    docs: 'cancelled',
    said: [
      '… was cancelled by the client',
      'Request cancelled',
      'AbortError: The operation was aborted',
      'This operation was aborted',
      'AbortError: This operation was aborted',
    ],
    words: ['Cancelled', 'AbortError', 'ABORT_ERR', 'RequestCancelled'],
    meaning:
      'Whoever asked did not want to wait any longer: it sent a cancellation, or (2026-07-28) closed the connection.',
    blame: ['client'],
    causes: [
      'the user has stopped it',
      'the client has a shorter limit than the tool needs',
      'a gateway has cut the connection, which counts as a cancellation in 2026-07-28',
    ],
    next: ['only1mcp explain REQUEST_ID', 'only1mcp doctor performance.latency'],
    example:
      'INFO only1mcp::access request_id=4b1d09c2-17 10.0.0.7 POST tools/call:slow__work 200 0 10003.112 outcome=cancelled',
  },
  {
    id: 'the-tool-answered-with-an-error',
    title: 'request failed',
    docs: 'the-tool-answered-with-an-error',
    said: [
      'request failed',
      'answered with an error',
      'Internal error',
      'MCP error -32603: Internal error',
      'the server answered with an error',
      '"isError":true',
    ],
    words: ['BackendError', 'Internal', 'RequestFailed', 'InternalError', 'isError'],
    wraps: true,
    codes: ['-32603'],
    meaning:
      'The call came to the server and back, and the server says that it could not do it. Or, with blame=proxy, a fault of ours.',
    blame: ['backend-logic', 'client'],
    causes: [
      'what the message of the server says',
      'arguments that the tool does not like',
      'a service behind the server fails',
    ],
    next: [
      'only1mcp explain REQUEST_ID',
      'only1mcp tools call NAME --args JSON',
      'only1mcp health history --server SERVER --last 1h',
    ],
    example:
      'ERROR only1mcp::proxy request_id=4b1d09c2-17 BackendError request failed server_id=github code=-32603 blame=backend-logic',
  },
]
