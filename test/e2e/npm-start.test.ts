import {readdirSync} from 'node:fs'
import {connect} from 'node:net'
import {expect, it} from 'vitest'
import {packageRoot} from '../helpers/package-root.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {aliveDescendants, untilGone} from '../helpers/processes.ts'
import {spawnProgram} from '../helpers/program.ts'
import {skipTest} from '../helpers/skip-test.ts'
import {tempDir} from '../helpers/temp-dir.ts'

it.each(['SIGINT', 'SIGTERM'] as const)(
  'npm start without a terminal says where it listens, what is there and what happens, and on %s leaves nothing',
  async signal => {
    for (const port of [8080, 9091]) if (await isTaken(port)) skipTest(`port ${port} is taken`)
    const tmp = tempDir()
    // What `npm start` runs, after the build.
    const run = spawnProgram(process.execPath, ['--disable-sigusr1', 'scripts/quickstart.mjs'], {
      env: {TMPDIR: tmp},
      cwd: packageRoot,
    })
    await run.untilOutput(
      /^only1mcp \S+ listens on http:\/\/127\.0\.0\.1:8080\/mcp\nmetrics on .*:9091\/metrics\nlogs in /,
    )
    await run.untilOutput(/^Servers: \d of 4 up$[\s\S]*^ {2}ID +KIND +STATUS[\s\S]*^Requests$/m)
    // Ready before the snapshot, where it is in it, or after it, where a line tells.
    await run.untilOutput(/everything +● up|^log line .* everything .*server is ready/m)
    const {message} = await callTool('http://127.0.0.1:8080', 'everything__echo', {message: 'hello'})
    expect(message?.result.content[0].text).toBe('Echo: hello')
    await run.untilOutput(/^request .*everything__echo .*answered/m)

    const family = aliveDescendants(run.pid)
    expect(family.length).toBeGreaterThanOrEqual(5)
    run.child.kill(signal)
    expect(await run.exited).toEqual({code: 0, signal: null})
    expect(run.stderr()).toBe('')
    await untilGone(family, 1_000)
    // Node's own cache of compiled modules may stay.
    expect(readdirSync(tmp).filter(name => name !== 'node-compile-cache')).toEqual([])
  },
)

function isTaken(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
