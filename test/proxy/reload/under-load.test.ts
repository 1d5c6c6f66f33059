import {expect, it, vi} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {postMcp, postModern} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {pidOf, reload, replaceConfig, snapshotOf, unwatched} from './reloading.ts'

const reloads = Number(process.env.RELOADS ?? 40)

/** A client of 2025-11-25 with its session. */
async function openSession(url: string): Promise<string> {
  const params = {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'old', version: '1'}}
  const {headers} = await postMcp(url, {jsonrpc: '2.0', id: 0, method: 'initialize', params})
  return headers.get('mcp-session-id') ?? ''
}

it(`no request fails while the configuration is taken anew ${reloads} times, and a session lasts`, async () => {
  const steady = stdioServer('steady', 'echo.mjs')
  const churning = (mark: number) => ({...stdioServer('churning', 'echo.mjs'), env: {MARK: String(mark)}})
  const extra = stdioServer('extra', 'echo.mjs')
  const runtime = await startRuntime({...unwatched, servers: [steady, churning(0)]})
  const {url} = runtime
  const pid = await vi.waitFor(() => pidOf(runtime, 'steady'))
  await vi.waitFor(() => pidOf(runtime, 'churning'))
  const session = await openSession(url)
  const failed: string[] = []
  let answered = 0
  let over = false
  const note = (text: string, status: number): void => {
    if (status === 200 && text.includes('alive')) answered++
    else failed.push(`${status} ${text}`)
  }
  const modern = async (name: string): Promise<void> => {
    while (!over) {
      const {status, text} = await postModern(url, 'tools/call', {name, arguments: {text: 'alive'}})
      note(text, status)
    }
  }
  const legacy = async (): Promise<void> => {
    for (let id = 1; !over; id++) {
      const params = {name: id % 2 === 0 ? 'churning__echo' : 'steady__echo', arguments: {text: 'alive'}}
      const headers = {'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25'}
      const {status, text} = await postMcp(url, {jsonrpc: '2.0', id, method: 'tools/call', params}, {headers})
      note(text, status)
    }
  }
  const load = Promise.all([modern('steady__echo'), modern('churning__echo'), modern('churning__echo'), legacy()])
  for (let i = 1; i <= reloads; i++) {
    // Every fifth has another process behind a name, the others other settings or one server more or less.
    const weight = 1 + (i % 3)
    const servers = [{...steady, weight}, churning(Math.floor(i / 5)), ...(i % 2 === 0 ? [extra] : [])]
    replaceConfig(runtime, {...unwatched, server: {request_timeout: `${30 + i}s`}, servers})
    expect(await reload(runtime)).toMatchObject({ok: true, changed: true, generation: i + 1})
  }
  over = true
  await load
  expect(failed).toEqual([])
  expect(answered).toBeGreaterThan(reloads)
  expect(await pidOf(runtime, 'steady')).toBe(pid)
  const {config, servers, requests} = await snapshotOf(runtime)
  expect(config.reloads).toEqual({taken: reloads, refused: 0})
  expect(servers.every(({restarts}) => restarts === 0)).toBe(true)
  expect(requests.errors).toBe(0)
}, 300_000)
