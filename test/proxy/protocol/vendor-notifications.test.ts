import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test, vi} from 'vitest'
import {backendPath} from '../../helpers/backends.ts'
import {postMcp} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {openSession} from './session-client.ts'

/** A server that keeps what it reads in a file, by `tee` before it. */
function listening(id: string, file: string) {
  const command = `tee -a '${file}' | '${process.execPath}' '${backendPath('echo.mjs')}'`
  return {id, command: 'sh', args: ['-c', command]}
}

const exact = '{"jsonrpc":"2.0","method":"notifications/acme/hello","params":{"n":1.0,"n":1e400}}'

test("a vendor's notification goes to the only server that there is, as the bytes that came", async () => {
  const file = join(tempDir(), 'heard')
  const {url} = await startRuntime({servers: [listening('one', file)]})
  expect((await postMcp(url, exact)).status).toBe(202)
  await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain(exact))
  const client = await openSession(url, {capabilities: {roots: {}}})
  await client.notify('notifications/acme/again', {})
  await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain('acme/again'))
  expect(readFileSync(file, 'utf8').match(/notifications\/initialized/g)).toHaveLength(2) // one for each connection
})

test('it goes to none of two', async () => {
  const file = join(tempDir(), 'heard')
  const {url} = await startRuntime({servers: [listening('one', file), listening('two', `${file}2`)]})
  expect((await postMcp(url, exact)).status).toBe(202)
  await postMcp(url, {jsonrpc: '2.0', id: 1, method: 'tools/call', params: {name: 'one__echo', arguments: {text: 'x'}}})
  await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain('tools/call'))
  expect(readFileSync(file, 'utf8')).not.toContain('acme')
})
