import {readFileSync, renameSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {stdioServer} from '../helpers/backends.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

it('logs that are renamed under load go on in new files after SIGUSR2, and hold every request once', async () => {
  const runtime = await startRuntime({servers: [stdioServer('echo', 'echo.mjs')]})
  const log = join(runtime.logDir, 'access.log')
  const ids: (string | null)[] = []
  const call = async (i: number): Promise<void> => {
    ids.push((await callTool(runtime.url, 'echo__add', {a: i, b: 1})).headers.get('x-request-id'))
  }
  for (let round = 1; round <= 3; round++) {
    for (let i = 0; i < 40; i++) await call(i)
    renameSync(log, `${log}.${round}`)
    await Promise.all(Array.from({length: 20}, (_, i) => call(i))) // still into the renamed one
    runtime.process.child.kill('SIGUSR2')
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toBe(''))
  }
  await call(0)
  await runtime.stop()
  const lines = [1, 2, 3, ''].flatMap(n => readFileSync(n === '' ? log : `${log}.${n}`, 'utf8').split('\n'))
  const logged = lines.flatMap(line => /request_id=(\S+) .* tools\/call:echo__add /.exec(line)?.[1] ?? [])
  expect(logged.sort()).toEqual(ids.sort())
})
