/** Opens a legacy session and returns the headers that its requests carry. */
const REVISION = '2025-11-25'

/** @param credentials more headers of each request */
export async function openSession(url, credentials = {}) {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...credentials,
  }
  const post = async (body, extra) => {
    const response = await fetch(url, {method: 'POST', headers: {...headers, ...extra}, body: JSON.stringify(body)})
    const text = await response.text()
    if (!response.ok) throw new Error(`${body.method}: HTTP ${response.status} ${text.slice(0, 200)}`)
    return response
  }
  const params = {protocolVersion: REVISION, capabilities: {}, clientInfo: {name: 'bench', version: '1.0.0'}}
  const hello = await post({jsonrpc: '2.0', id: 1, method: 'initialize', params})
  const session = hello.headers.get('mcp-session-id')
  const carried = {'MCP-Protocol-Version': REVISION, ...(session && {'Mcp-Session-Id': session})}
  await post({jsonrpc: '2.0', method: 'notifications/initialized'}, carried)
  return carried
}
