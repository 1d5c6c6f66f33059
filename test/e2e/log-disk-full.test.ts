import {spawnSync} from 'node:child_process'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {atEnd} from '../helpers/at-end.ts'
import {stdioServer} from '../helpers/backends.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {skipTest} from '../helpers/skip-test.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

/** A file system of 128 KiB. */
function smallDisk(): string {
  const folder = tempDir()
  const {status, stderr} = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=0700', 'only1mcp-test', folder])
  if (status !== 0) skipTest(`cannot mount a small disk: ${stderr?.toString().trim() ?? 'no mount'}`)
  atEnd(() => void spawnSync('umount', ['-l', folder]))
  return folder
}

it('a full log disk costs log lines and nothing else: they are counted, and told of when there is room again', async () => {
  const disk = smallDisk()
  const runtime = await startRuntime({servers: [stdioServer('echo', 'echo.mjs')]}, {env: {ONLY1MCP_LOG_DIR: disk}})
  const lost = async (): Promise<number> => {
    const page = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    return Number(/^only1mcp_log_lines_lost_total (\d+)$/m.exec(page)?.[1])
  }
  // What is told of the start stands in another file, and would be lost with the rest.
  await vi.waitFor(() => expect(readFileSync(join(disk, 'only1mcp.log'), 'utf8')).toContain(' Ready '), 5_000)
  writeFileSync(join(disk, 'in-the-way'), '')
  spawnSync('sh', ['-c', `cat /dev/zero > ${join(disk, 'in-the-way')}`])
  await vi.waitFor(
    async () => {
      const {status, message} = await callTool(runtime.url, 'echo__add', {a: 1, b: 2})
      expect([status, message?.result?.content?.[0]?.text]).toEqual([200, '3'])
      expect(await lost()).toBeGreaterThan(20)
    },
    {timeout: 15_000, interval: 5},
  )
  rmSync(join(disk, 'in-the-way'))
  const told = await vi.waitFor(
    async () => {
      await callTool(runtime.url, 'echo__add', {a: 1, b: 2})
      const line = readFileSync(join(disk, 'error.log'), 'utf8').match(/^.* WARN only1mcp::logs - LogLinesLost .*$/gm)
      expect(line).toHaveLength(1)
      return line?.[0]
    },
    {timeout: 10_000, interval: 50},
  )
  expect(Number(/ lines_lost=(\d+)$/.exec(told ?? '')?.[1])).toBe(await lost())
  expect(runtime.process.stderr().match(/its lines are lost/g)).toHaveLength(1)
})
