import {expect, onTestFinished, test} from 'vitest'
import {textWidth} from '../../src/tui/text/width.ts'
import {Scene} from '../diagnostics/scene.ts'
import {server} from '../diagnostics/world.ts'
import {atEnd} from '../helpers/at-end.ts'
import {stdioServer} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {cliPath, startInPty} from '../helpers/pty.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

const longId = 'payments-gateway-production-eu-central-1-with-a-name-that-goes-on-and-on'

/** On 80 columns every line of a table is one line of the screen. */
async function shown(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string) {
  const pty = startInPty(cliPath, args, {cols: 80, rows: 60, cwd, env: {...env, NO_COLOR: '1'}})
  onTestFinished(() => pty.stop())
  await pty.exited
  await pty.screen.settled()
  const lines = pty.raw().split('\r\n')
  for (const line of lines) expect(textWidth(line), line).toBeLessThanOrEqual(80)
  expect(pty.raw()).not.toMatch(/[\u001b\u202e]/)
  return pty.screen.lines().filter(line => line !== '')
}

async function hostileScene() {
  const scene = new Scene()
  atEnd(() => scene.close())
  scene.config('version: "1.0"\n')
  const target = `/opt/${'deep/'.repeat(40)}server \u001b]0;owned\u0007 --flag`
  const lastError = {
    at: '2026-01-02T03:04:05.000Z',
    kind: 'X',
    message: `\u001b[2J${'가나다'.repeat(60)}`,
    blame: 'proxy' as const,
  }
  await scene.runtime([
    server({id: longId, prefix: longId, target, lastError, status: 'down'}),
    server({id: 'mém\u202e-서버', prefix: '', target, lastError}),
  ])
  return scene
}

test.each([
  ['server list', ['server', 'list'], 'TARGET'],
  ['health status', ['health', 'status'], 'LAST ERROR'],
])('%s holds at 80 columns with long names and hostile text', async (_, args, last) => {
  const scene = await hostileScene()
  const lines = await shown(args, scene.env, scene.folder)
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(new RegExp(`^SERVER .*STATUS .*${last}$`))
  expect(lines[1]).toMatch(/^payments.*….*and-on .*down/)
  expect(lines[2]).toMatch(/^mém<U\+202E>/)
})

test('a program gets whole names, and COLUMNS narrows them for it', async () => {
  const scene = await hostileScene()
  const options = {env: {...scene.env, LANG: 'C'}, cwd: scene.folder}
  expect((await runCli(['server', 'list'], options)).stdout).toContain(`\n${longId}  `)
  expect((await runCli(['health', 'status'], options)).stdout).toContain(`\n${longId}  `)
  const narrow = await runCli(['server', 'list'], {...options, env: {...options.env, COLUMNS: '80'}})
  for (const line of narrow.stdout.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(80)
})

test('tools list holds at 80 columns with long names and hostile text', async () => {
  const runtime = await startRuntime({
    servers: [
      {...stdioServer(longId.slice(0, 60), 'tools.mjs'), prefix: longId.slice(0, 45)},
      stdioServer('odd', 'odd-tools.mjs'),
    ],
  })
  const lines = await shown(['tools', 'list'], runtime.env, runtime.stateDir)
  expect(lines[0]).toMatch(/^TOOL +SERVER +TOKENS/)
  expect(lines.length).toBeGreaterThan(4)
  expect(lines.at(-1)).toMatch(/^\d+ tools, about \d+ tokens/)
})
