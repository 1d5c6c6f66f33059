import type {CodeEntry} from './entry.ts'

interface Status extends Pick<CodeEntry, 'code' | 'name' | 'meaning' | 'blame' | 'causes' | 'next' | 'example'> {
  /** Where it does not come from the proxy itself. */
  readonly origin?: string
}

const ours = 'the proxy'
const around = 'a gateway before the proxy, or a server behind it'

const statuses: readonly Status[] = [
  {
    code: 200,
    name: 'OK',
    meaning:
      'The exchange went well, but not always the call: clients before 2026-07-28 get JSON-RPC errors with status 200, and a tool may answer isError.',
    blame: ['backend-logic'],
    causes: [
      'an "error" member in the body: look its code up',
      'a result with "isError": true: the tool itself failed',
    ],
    next: ['only1mcp explain CODE', 'only1mcp explain REQUEST_ID'],
    example: 'HTTP/1.1 200 OK  {"error":{"code":-32002,"message":"No backend available: github is down"}}',
  },
  {
    code: 202,
    name: 'Accepted',
    meaning: 'A notification or an answer was taken; there is no body to wait for.',
    blame: [],
    causes: ['the message had no id, so nothing is answered'],
    next: ['only1mcp status'],
    example: 'HTTP/1.1 202 Accepted',
  },
  {
    code: 400,
    name: 'Bad Request',
    meaning: 'The request cannot be read, or contradicts itself. The body says with which JSON-RPC code.',
    blame: ['client'],
    causes: [
      'the body is no JSON or no JSON-RPC message (-32700, -32600)',
      'a header does not agree with the body, or the protocol version is not spoken here (-32020, -32022)',
      'more than one Host header, or a request target that is no path',
    ],
    next: ['only1mcp explain REQUEST_ID', 'only1mcp explain CODE'],
    example: 'HTTP/1.1 400 Bad Request  {"error":{"code":-32700,"message":"Parse error: …"}}',
  },
  {
    code: 401,
    name: 'Unauthorized',
    meaning:
      'The proxy wants to know who the client is, and the credentials are missing or not right. WWW-Authenticate says what is wanted.',
    blame: ['client', 'configuration'],
    causes: ['no credentials were sent', 'an unknown API key', 'a token that has expired or cannot be verified'],
    next: [
      'only1mcp explain -32003',
      'only1mcp auth inspect --env TOKEN_VARIABLE --config CONFIG',
      'only1mcp doctor auth',
    ],
    example: 'HTTP/1.1 401 Unauthorized  {"error":{"code":-32003,"message":"Invalid API key"}}',
  },
  {
    code: 403,
    name: 'Forbidden',
    meaning: 'The client is known but may not do this, or came under a name or from a page that is not let in.',
    blame: ['client', 'configuration'],
    causes: [
      'no role of auth.roles allows the client anything (NoRole)',
      'the Host header is not served here: server.allowed_hosts (HostRefused)',
      'the page of the Origin header is not allowed: server.allowed_origins (OriginRefused)',
    ],
    next: ['only1mcp explain REQUEST_ID', 'only1mcp config show', 'only1mcp doctor auth.refused'],
    example: '{"error":"Host mcp.example.com is not served here; server.allowed_hosts lists further names"}',
  },
  {
    code: 404,
    name: 'Not Found',
    meaning: 'There is no such path, or no such session; in 2026-07-28 also: no such method.',
    blame: ['client'],
    causes: [
      'the address of the client lacks /mcp at its end',
      'the session has ended: it was idle, or the runtime was started anew',
      'the method is not known (with -32601)',
    ],
    next: ['only1mcp status', 'only1mcp explain "Session not found"', 'only1mcp explain -32601'],
    example: 'HTTP/1.1 404 Not Found  {"error":{"code":-32001,"message":"Session not found"}}',
  },
  {
    code: 405,
    name: 'Method Not Allowed',
    meaning: 'The path is there, but not for this HTTP method; the Allow header lists those that it knows.',
    blame: ['client'],
    causes: [
      'GET or DELETE on /mcp without a session, as clients of 2026-07-28 must not do and others may try',
      'a client of the old HTTP+SSE transport, which begins with GET',
      'POST to /health or to another path that is only read',
    ],
    next: ['only1mcp status', 'only1mcp explain REQUEST_ID'],
    example: 'HTTP/1.1 405 Method Not Allowed  allow: POST, GET, DELETE',
  },
  {
    code: 406,
    name: 'Not Acceptable',
    origin: around,
    meaning:
      'A server does not want to answer in the form that was asked for: most want both application/json and text/event-stream in Accept.',
    blame: ['client', 'backend-logic'],
    causes: ['a client that was written by hand sends no Accept header', 'a gateway removes it'],
    next: ['only1mcp health check SERVER'],
    example: 'Not Acceptable: Client must accept both application/json and text/event-stream',
  },
  {
    code: 408,
    name: 'Request Timeout',
    meaning: 'The request did not arrive in whole within the time for it (head 10 s, whole request 60 s).',
    blame: ['client', 'transport'],
    causes: ['the way from the client is slow or cut', 'the client opened a connection and sent nothing'],
    next: ['only1mcp doctor network.connections', 'only1mcp doctor process.event_loop'],
    example: 'HTTP/1.1 408 Request Timeout',
  },
  {
    code: 409,
    name: 'Conflict',
    meaning: 'Another profile of this kind is being recorded.',
    blame: ['client'],
    causes: ['two recordings were asked for at once'],
    next: ['only1mcp profile cpu --seconds 10'],
    example: 'another cpu recording is under way, for about 12 s more',
  },
  {
    code: 413,
    name: 'Content Too Large',
    meaning: 'The body is larger than server.max_body_size. Nothing of it was kept.',
    blame: ['client', 'configuration'],
    causes: ['a file went into the arguments of a tool', 'the limit is lower than the tools need'],
    next: ['only1mcp config show --include-defaults', 'only1mcp reload'],
    example:
      'HTTP/1.1 413 Payload Too Large  {"error":{"code":-32600,"message":"Request body is larger than 4194304 bytes"}}',
  },
  {
    code: 415,
    name: 'Unsupported Media Type',
    meaning: 'Requests are read as application/json, uncompressed.',
    blame: ['client'],
    causes: ['the Content-Type header is missing (curl -d sends a form)', 'the body is compressed (Content-Encoding)'],
    next: ["curl -i -H 'Content-Type: application/json' -d @request.json http://localhost:8080/mcp"],
    example: 'Content-Type must be application/json, not application/x-www-form-urlencoded',
  },
  {
    code: 421,
    name: 'Misdirected Request',
    origin: around,
    meaning: 'The request came to a machine that does not serve this name. This proxy says 403 instead.',
    blame: ['transport', 'configuration'],
    causes: [
      'a connection was used again for another name of the same certificate',
      'the load balancer sends names to the wrong pool',
    ],
    next: ['only1mcp doctor network.tls', 'only1mcp config show'],
    example: 'HTTP/1.1 421 Misdirected Request',
  },
  {
    code: 429,
    name: 'Too Many Requests',
    meaning: 'The client is over a limit; Retry-After says when to come back. Nothing was sent to a server.',
    blame: ['client', 'configuration'],
    causes: [
      'a loop in the client',
      'rate_limit is lower than the clients need',
      'all clients share one address behind a load balancer',
      'too many failed attempts to log in',
    ],
    next: ['only1mcp explain -32004', 'only1mcp doctor performance.limited', 'only1mcp config show'],
    example: 'HTTP/1.1 429 Too Many Requests  {"error":{"code":-32004,"message":"Rate limit exceeded"}}',
  },
  {
    code: 431,
    name: 'Request Header Fields Too Large',
    meaning: 'The head of the request is larger than 16 KiB.',
    blame: ['client', 'transport'],
    causes: ['cookies or tokens of other services are sent along', 'each gateway on the way adds headers'],
    next: ['curl -v http://localhost:8080/health', 'only1mcp doctor health'],
    example: 'HTTP/1.1 431 Request Header Fields Too Large',
  },
  {
    code: 500,
    name: 'Internal Server Error',
    meaning: 'A fault inside: of the proxy, where error.data.blame says so, else of the server that was called.',
    blame: ['proxy', 'backend-logic'],
    causes: ['the server threw an exception', 'a fault of the proxy: error.log has its line and the request id'],
    next: ['only1mcp explain REQUEST_ID', 'only1mcp doctor logs.recent_errors', 'only1mcp version --build-info'],
    example: 'HTTP/1.1 500 Internal Server Error  {"error":{"code":-32603,"message":"Internal error"}}',
  },
  {
    code: 501,
    name: 'Not Implemented',
    meaning: 'The request uses a transfer coding other than chunked.',
    blame: ['client', 'transport'],
    causes: ['an unusual client, or an attempt to smuggle a request'],
    next: ['only1mcp explain REQUEST_ID'],
    example: 'chunked is the only transfer coding that is read',
  },
  {
    code: 502,
    name: 'Bad Gateway',
    origin: around,
    meaning:
      'A gateway got no good answer from what is behind it. Before the proxy: the runtime is down or has another port. Behind: the server of that endpoint is down.',
    blame: ['transport', 'backend-process'],
    causes: [
      'the runtime is not running, or listens elsewhere',
      'the server behind its own gateway is down or being deployed',
      'TLS is spoken on one side and not on the other',
    ],
    next: ['only1mcp status', 'only1mcp doctor', 'only1mcp health check SERVER'],
    example: 'it answered HTTP 502',
  },
  {
    code: 503,
    name: 'Service Unavailable',
    meaning: 'The proxy cannot serve now: /health says why. On /mcp: too many large requests at once.',
    blame: ['backend-process', 'proxy'],
    causes: [
      'no server is usable',
      'the runtime is starting, or shutting down',
      'large bodies have taken all the room there is for them',
    ],
    next: ['only1mcp health status', 'only1mcp doctor health', 'only1mcp status'],
    example: '{"status":"unavailable","reason":"no server is usable: github (crash loop)"}',
  },
  {
    code: 504,
    name: 'Gateway Timeout',
    origin: around,
    meaning:
      'A gateway waited longer than it may. Before the proxy: its limit is shorter than the time the tool takes.',
    blame: ['transport', 'backend-logic'],
    causes: [
      'the read timeout of the load balancer is below server.request_timeout',
      'the server behind its own gateway hangs',
    ],
    next: ['only1mcp explain -32001', 'only1mcp doctor performance.latency', 'only1mcp health check SERVER'],
    example: 'it answered HTTP 504',
  },
  {
    code: 505,
    name: 'HTTP Version Not Supported',
    meaning: 'HTTP/1.0 and HTTP/1.1 are spoken here.',
    blame: ['client'],
    causes: ['a client speaks HTTP/2 without TLS (h2c)'],
    next: ['curl --http1.1 -i http://localhost:8080/health'],
    example: 'only HTTP/1.0 and HTTP/1.1 are spoken here',
  },
]

/** What the runtime answers with, and what gateways around it add. */
export const httpStatuses: readonly CodeEntry[] = statuses.map(status => ({
  origin: ours,
  ...status,
  kind: 'http',
  docs: `http-${status.code}`,
}))
