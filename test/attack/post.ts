import http from 'node:http'

export interface Posted {
  readonly status: number
  readonly body: string
  readonly sessionId: string | undefined
}

/** One POST to /mcp by node:http, which lets a test send any header. */
export function post(url: string, message: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Posted> {
  const body = typeof message === 'string' ? message : JSON.stringify(message)
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}/mcp`, {
      method: 'POST',
      headers: {'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers},
    })
    request.on('error', reject)
    request.on('response', response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      const sessionId = response.headers['mcp-session-id']
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: text,
          sessionId: typeof sessionId === 'string' ? sessionId : undefined,
        }),
      )
    })
    request.end(body)
  })
}

export function initialize(protocolVersion = '2025-11-25', capabilities: object = {}): object {
  return {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {protocolVersion, capabilities, clientInfo: {name: 'attacker', version: '1'}},
  }
}
