import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {afterEach, describe, expect, test, vi} from 'vitest'
import {cliPath, type Pty, type PtyOptions, startInPty} from '../helpers/pty.ts'

const failing = fileURLToPath(new URL('../fixtures/tui/failing-console.mjs', import.meta.url))
const open: Pty[] = []
function start(file: string, args: readonly string[], options: PtyOptions = {}): Pty {
  const pty = startInPty(file, args, options)
  open.push(pty)
  return pty
}
const startDemo = (options: PtyOptions = {}): Pty => start(cliPath, ['tui', '--demo'], options)
/** Under a shell that tells the terminal's settings after the console has ended. */
const startInShell = (command: string): Pty =>
  start('/bin/sh', ['-c', `${command}; echo "ended $?"; stty -a; sleep 30`], {cols: 100, rows: 30})

afterEach(async () => {
  for (const pty of open.splice(0)) await pty.stop()
})

/** All that the console switched on was switched off again. */
function expectRestored(raw: string): void {
  for (const [on, off] of [
    ['\u001b[?1049h', '\u001b[?1049l'],
    ['\u001b[?25l', '\u001b[?25h'],
    ['\u001b[?7l', '\u001b[?7h'],
    ['\u001b[?2004h', '\u001b[?2004l'],
  ] as const) {
    expect(raw).toContain(on)
    expect(raw.lastIndexOf(off)).toBeGreaterThan(raw.lastIndexOf(on))
  }
  // Nothing is painted over the screen that was given back.
  expect(raw.slice(raw.lastIndexOf('\u001b[?1049l'))).not.toContain('\u001b[?2026h')
}

describe('the console on a real terminal', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])('shows every view at %ix%i, and its keys switch between them', async (cols, rows) => {
    const tui = startDemo({cols, rows})
    await tui.waitFor('[1 Overview]')
    await tui.waitFor(/requests +\d/)
    tui.type('2')
    await tui.waitFor(/\[2 Servers\][\s\S]*weather.*✗ down/)
    tui.type('3')
    await tui.waitFor(/\[3 Requests\][\s\S]*TARGET[\s\S]*answered/)
    tui.type('\t')
    await tui.waitFor(/\[4 Logs\][\s\S]*LEVEL[\s\S]*ERROR/)
    tui.type('?')
    await tui.waitFor('filter (words, !word)')
    tui.type('?1')
    await tui.waitFor('Recent errors')
    expect(tui.screen.alternate).toBe(true)
    tui.type('q')
    expect(await tui.exited).toEqual({code: 0, signal: 0})
    expectRestored(tui.raw())
  })

  test('writes colours, cursor moves and its own modes, and nothing else', async () => {
    const tui = startDemo()
    await tui.waitFor('[1 Overview]')
    tui.type('2')
    await tui.waitFor('[2 Servers]')
    tui.type('q\u0003')
    await tui.exited
    const rest = tui.raw().replace(/\u001b\[(?:[\d;]*[mH]|2J|\?(?:1049|25|7|2004|2026)[hl])/g, '')
    expect(rest).not.toContain('\u001b')
  })

  test('fits each size that the terminal is given while it runs', async () => {
    const tui = startDemo({cols: 120, rows: 40})
    await tui.waitFor('times in UTC')
    tui.resize(40, 10)
    await tui.waitFor('[1 Over]')
    tui.resize(15, 3)
    await tui.waitFor(/^● running/)
    tui.resize(80, 24)
    await tui.waitFor('[1 Overview]')
    expect(tui.screen.lines()[0]).toMatch(/^only1mcp {2}demo .*times in UTC$/)
  })

  test('draws without colours with NO_COLOR, and in ASCII without UTF-8', async () => {
    const tui = startDemo({env: {NO_COLOR: '1', LANG: 'C', LC_ALL: 'C'}})
    await tui.waitFor('x down')
    expect(tui.raw()).not.toMatch(/\u001b\[[\d;]*(?:3[0-7]|9[0-7])[;m]/)
    expect(tui.screen.text()).toMatch(/^[ -~\n]*$/)
  })
})

describe('the terminal is given back', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('on %s, with exit status %i', async (signal, code) => {
    const tui = startDemo()
    await tui.waitFor('[1 Overview]')
    tui.signal(signal)
    expect(await tui.exited).toEqual({code, signal: 0})
    expectRestored(tui.raw())
  })

  test.each([
    ['throw', 70, 'a planted throw'],
    ['reject', 70, 'a planted rejection'],
    ['epipe', 129, ''],
    ['exit', 5, ''],
  ])('on a %s, with exit status %i and the error printed afterwards', async (failure, code, message) => {
    const tui = start(process.execPath, [failing, failure])
    await tui.waitFor('[1 Overview]')
    expect((await tui.exited).code).toBe(code)
    expectRestored(tui.raw())
    expect(tui.raw().slice(tui.raw().lastIndexOf('\u001b[?1049l'))).toContain(message)
  })

  test.each([
    ['by q', 'q', 0],
    ['by ctrl-c', '\u0003', 0],
  ])('with line editing and echo as they were, when left %s', async (_how, key, code) => {
    const shell = startInShell(`${cliPath} tui --demo`)
    await shell.waitFor('[1 Overview]')
    shell.type(key)
    await shell.waitFor(`ended ${code}`)
    await shell.waitFor(/(^|\s)icanon/)
    expect(shell.screen.text()).toMatch(/\secho\s/)
    expect(shell.screen.alternate).toBe(false)
  })

  test('on ctrl-z, and taken again on fg', async () => {
    const shell = start('/bin/bash', ['--norc', '-i'], {env: {PS1: '$ '}})
    await shell.waitFor('$')
    shell.type(`${cliPath} tui --demo\r`)
    await shell.waitFor('[1 Overview]')
    shell.type('\u001a')
    await shell.waitFor(/Stopped/)
    expect(shell.screen.alternate).toBe(false)
    shell.type('fg\r')
    await shell.waitFor('[1 Overview]')
    expect(shell.screen.alternate).toBe(true)
    shell.type('2')
    await shell.waitFor('[2 Servers]')
    shell.type('Q')
    await vi.waitFor(() => expect(shell.screen.alternate).toBe(false))
    expect(shell.raw().match(/\u001b\[\?1049h/g)).toHaveLength(2)
  })

  test('when the terminal takes nothing any more: the console still reads its signals, and ends', async () => {
    const tui = startDemo({cols: 200, rows: 60})
    await tui.waitFor('[1 Overview]')
    tui.stall()
    const before = tui.raw().length
    // One key after the other, so that each paints a screen: together many times what a terminal's buffer holds.
    for (let i = 0; i < 150; i++) {
      tui.type(String((i % 4) + 1))
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    tui.signal('SIGTERM')
    await vi.waitFor(() => expect(isRunning(tui.pid)).toBe(false), {timeout: 5000})
    expect(tui.raw().length).toBe(before)
  })

  test('when the terminal itself goes away: no process is left behind', async () => {
    const tui = startDemo()
    await tui.waitFor('[1 Overview]')
    const {pid} = tui
    tui.hangUp()
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), {timeout: 5000})
  })
})

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
