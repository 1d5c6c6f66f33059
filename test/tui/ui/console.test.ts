import {afterEach, describe, expect, test, vi} from 'vitest'
import {demoSource} from '../../../src/tui/store/source-demo.ts'
import {type OpenConsole, openConsole} from '../console-harness.ts'

const open: OpenConsole[] = []
async function demoConsole(
  cols: number,
  rows: number,
  options: {allowActions?: boolean; ascii?: boolean} = {},
): Promise<OpenConsole> {
  const source = demoSource({frozen: true, allowActions: options.allowActions === true})
  const console = await openConsole(source, cols, rows, options.ascii)
  open.push(console)
  return console
}
afterEach(async () => {
  for (const console of open.splice(0)) await console.close()
})

const escapeKey = '\u001b'

describe('the console', () => {
  test.each([
    [120, 40],
    [80, 24],
    [40, 10],
    [19, 4],
  ])('shows the demo at %ix%i as the golden screens', async (cols, rows) => {
    const console = await demoConsole(cols, rows)
    for (const [index, name] of ['overview', 'servers', 'requests', 'logs', 'help'].entries()) {
      await console.press(name === 'help' ? '?' : String(index + 1))
      await expect(`${console.screen.text()}\n`).toMatchFileSnapshot(`../golden/${name}-${cols}x${rows}.golden.txt`)
    }
  })

  test('shows the demo without UTF-8 as the golden screen', async () => {
    const console = await demoConsole(80, 24, {ascii: true})
    expect(console.screen.text()).toMatch(/^[ -~\n]*$/)
    await expect(`${console.screen.text()}\n`).toMatchFileSnapshot('../golden/overview-ascii.golden.txt')
  })

  test('paints nothing while nothing changes', async () => {
    const console = await demoConsole(80, 24)
    const {version} = console.store
    const before = console.painted()
    await vi.waitFor(() => expect(console.store.version).toBeGreaterThan(version + 2), {timeout: 8000})
    await console.idle()
    expect(console.painted()).toBe(before)
  })

  test('after any resizing the screen is what a fresh one of that size would be', async () => {
    const console = await demoConsole(120, 40)
    await console.press('3')
    for (const [cols, rows] of [
      [40, 10],
      [19, 4],
      [100, 30],
      [80, 24],
    ] as const) {
      await console.resize(cols, rows)
    }
    const fresh = await demoConsole(80, 24)
    await fresh.press('3')
    expect(console.screen.text()).toBe(fresh.screen.text())
  })

  test('filters while one types, keeps the filter on Enter and drops it on Esc', async () => {
    const console = await demoConsole(80, 24)
    await console.press('3', '/', 'github')
    expect(console.screen.text()).toContain('/github')
    expect(console.screen.text()).not.toContain('memory__')
    await console.press('\r')
    expect(console.screen.text()).toContain('filter: github')
    await console.press(escapeKey)
    expect(console.screen.text()).toContain('memory__')
  })

  test('takes a paste as text: its letters are no commands', async () => {
    const console = await demoConsole(80, 24)
    await console.press('3', `${escapeKey}[200~qqX${escapeKey}[201~`)
    expect(console.quits).toEqual([])
    await console.press('/', `${escapeKey}[200~git\nhub${escapeKey}[201~`)
    expect(console.screen.text()).toContain('/github')
  })

  test('opens a detail with Enter and goes back step by step; q on the first view quits', async () => {
    const console = await demoConsole(80, 24)
    await console.press('2', 'G', 'k', '\r')
    expect(console.screen.text()).toContain('the fault of: backend-process')
    expect(console.screen.text()).toContain('https://weather.example.com/sse')
    await console.press('q')
    expect(console.screen.text()).toContain('[2 Servers]')
    await console.press('q')
    expect(console.screen.text()).toContain('[1 Overview]')
    await console.press(escapeKey, 'q')
    expect(console.quits).toContain('quit')
  })

  test('is read-only unless actions are allowed', async () => {
    const console = await demoConsole(80, 24)
    await console.press('X')
    expect(console.screen.text()).toContain('read-only: start the console with --allow-actions')
  })

  test('asks before an action, with its target, effect and command, and tells how it ended', async () => {
    const console = await demoConsole(80, 24, {allowActions: true})
    await console.press('X')
    const question = console.screen.text()
    for (const part of ['Stop the runtime', 'target', 'demo', 'effect', 'only1mcp stop'])
      expect(question).toContain(part)
    await console.press('n')
    expect(console.screen.text()).not.toContain('only1mcp stop')
    await console.press('X', 'y')
    expect(console.screen.text()).toContain('Stop the runtime: the demo has nothing to stop')
  })

  test('stands still while paused, and says so', async () => {
    const console = await openConsole(demoSource(), 80, 24)
    open.push(console)
    await console.press('3', 'p')
    const before = console.screen.lines().slice(1)
    expect(before.join('\n')).toContain('paused at')
    const {size} = console.store.requests
    await vi.waitFor(() => expect(console.store.requests.size).toBeGreaterThan(size + 5), {timeout: 8000})
    expect(console.screen.lines().slice(1)).toEqual(before)
  })

  test('hands ctrl-c, ctrl-z and ctrl-l over', async () => {
    const console = await demoConsole(80, 24)
    await console.press('\u001a', '\u0003')
    expect(console.quits).toEqual(['suspend', 'quit'])
    const before = console.screen.text()
    console.screen.feed('\u001b[2J')
    await console.press('\u000c')
    expect(console.screen.text()).toBe(before)
  })

  test('keeps the last state under a banner when the runtime is gone', async () => {
    const console = await demoConsole(80, 24)
    console.store.disconnected('2026-03-02T12:01:05Z', 'ECONNREFUSED')
    await console.idle()
    const text = console.screen.text()
    expect(text).toContain('runtime gone since 12:01:05, last state kept, retrying')
    expect(text).toContain('weather')
  })
})
