import {spawnSync} from 'node:child_process'
import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {stringify} from 'yaml'
import {atEnd} from '../helpers/at-end.ts'
import {stdioServer} from '../helpers/backends.ts'
import {runCli, spawnCli} from '../helpers/cli.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {skipTest} from '../helpers/skip-test.ts'
import {tempDir} from '../helpers/temp-dir.ts'

/** A full file system of 128 KiB. */
function fullDisk(): string {
  const folder = tempDir()
  const {status, stderr} = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=0700', 'only1mcp-test', folder])
  if (status !== 0) skipTest(`cannot mount a small disk: ${stderr?.toString().trim() ?? 'no mount'}`)
  atEnd(() => void spawnSync('umount', ['-l', folder]))
  spawnSync('sh', ['-c', `cat /dev/zero > ${join(folder, 'in-the-way')}`])
  return folder
}

it('a runtime starts and serves with a state folder on a full disk, and is found as soon as there is room', async () => {
  const state = fullDisk()
  const folder = tempDir()
  const config = join(folder, 'config.yaml')
  writeFileSync(
    config,
    stringify({
      server: {port: 0},
      observability: {metrics: {port: 0}, request_log: {enabled: true}},
      servers: [stdioServer('echo', 'echo.mjs')],
    }),
  )
  const env = {ONLY1MCP_STATE_DIR: state, ONLY1MCP_LOG_DIR: folder}
  const runtime = spawnCli(['start', '--config', config], {env})
  const [, url = ''] = await runtime.untilOutput(/listens on (http:\/\/\S+)\/mcp/)
  const sum = async (): Promise<unknown> =>
    (await callTool(url, 'echo__add', {a: 1, b: 2})).message?.result?.content?.[0]?.text
  await vi.waitFor(async () => expect(await sum()).toBe('3'), 10_000)
  expect(readFileSync(join(folder, 'error.log'), 'utf8')).toMatch(
    / WARN only1mcp::runtime - RecordUnwritten runtime\.json cannot be written.* error="?ENOSPC/,
  )

  rmSync(join(state, 'in-the-way'))
  await vi.waitFor(() => expect(existsSync(join(state, 'runtime.json'))).toBe(true), 10_000)
  expect((await runCli(['status'], {env})).stdout).toContain(`endpoint  ${url}/mcp`)
  expect((await runtime.end()).code).toBe(0)
  expect(readdirSync(state).filter(name => name.endsWith('.tmp') || name === 'runtime.json')).toEqual([])
})
