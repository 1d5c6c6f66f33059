import {expect, it} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {postMcp} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {reload, replaceConfig, unwatched} from './reloading.ts'

const [first, second] = ['first-key-'.repeat(5), 'second-key-'.repeat(5)]
const servers = [stdioServer('a', 'echo.mjs')]
const keyed = (server: object) => ({...unwatched, servers, server})

async function open(url: string): Promise<string> {
  const params = {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'c', version: '1'}}
  return (await postMcp(url, {jsonrpc: '2.0', id: 0, method: 'initialize', params})).headers.get('mcp-session-id') ?? ''
}

async function statusOf(url: string, session: string): Promise<number> {
  const headers = {'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25'}
  return (await postMcp(url, {jsonrpc: '2.0', id: 1, method: 'tools/list'}, {headers})).status
}

it('the key of session ids is exchanged by reloads, and no session of before is lost', async () => {
  const one = await startRuntime(keyed({session_key: first}))
  const other = await startRuntime(keyed({session_key: first}))
  const old = await open(other.url)
  for (const server of [
    {session_key: first, previous_session_key: second},
    {session_key: second, previous_session_key: first},
  ]) {
    replaceConfig(one, keyed(server))
    expect(await reload(one)).toMatchObject({ok: true, needsRestart: []})
  }
  // Signed with the first key, at an instance that has not seen it before.
  expect(await statusOf(one.url, old)).toBe(200)
  const recent = await open(one.url)
  expect(await statusOf(other.url, recent)).toBe(404)
  replaceConfig(other, keyed({session_key: second}))
  expect(await reload(other)).toMatchObject({ok: true, needsRestart: []})
  expect(await statusOf(other.url, recent)).toBe(200)
})
