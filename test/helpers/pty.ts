import {fileURLToPath} from 'node:url'
import {spawn} from '@lydell/node-pty'
import {vi} from 'vitest'
import {Screen} from './screen.ts'

export const cliPath = fileURLToPath(new URL('../../bin/only1mcp', import.meta.url))

export interface PtyOptions {
  readonly cols?: number
  readonly rows?: number
  readonly cwd?: string
  /** Added to the test's own environment; the terminal is UTF-8 and `xterm-256color` unless told otherwise. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface PtyExit {
  readonly code: number
  /** Number of the signal it died of, 0 for none. */
  readonly signal: number
}

/** A program on a terminal of its own. `stop` it at the end of the test, whatever came of it. */
export interface Pty {
  readonly pid: number
  readonly screen: Screen
  /** Everything it wrote, escape sequences too. */
  raw(): string
  type(keys: string): void
  resize(cols: number, rows: number): void
  signal(name: NodeJS.Signals): void
  /** Until the screen shows it. The error of a time-out shows the screen. */
  waitFor(what: string | RegExp, timeoutMs?: number): Promise<void>
  readonly exited: Promise<PtyExit>
  /** Takes no more output, as a stalled ssh does. */
  stall(): void
  /** Closes the terminal, as a lost ssh does. */
  hangUp(): void
  stop(): Promise<void>
}

/**
 * Starts a program on a pseudo terminal.
 * @example const tui = startInPty(cliPath, ['tui', '--demo'], {cols: 80, rows: 24}); await tui.waitFor('1 Overview')
 */
export function startInPty(file: string, args: readonly string[], options: PtyOptions = {}): Pty {
  const {cols = 80, rows = 24} = options
  const {NO_COLOR: _, ...own} = process.env
  const child = spawn(file, [...args], {
    cols,
    rows,
    cwd: options.cwd ?? process.cwd(),
    name: options.env?.TERM ?? 'xterm-256color',
    env: {...own, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...options.env},
  })
  const screen = new Screen(cols, rows)
  let raw = ''
  child.onData(data => {
    raw += data
    screen.feed(data)
  })
  let ended = false
  const exited = new Promise<PtyExit>(resolve => {
    child.onExit(({exitCode, signal}) => {
      ended = true
      resolve({code: exitCode, signal: signal ?? 0})
    })
  })
  return {
    pid: child.pid,
    screen,
    raw: () => raw,
    type: keys => child.write(keys),
    resize: (nextCols, nextRows) => {
      child.resize(nextCols, nextRows)
      screen.resize(nextCols, nextRows)
    },
    signal: name => child.kill(name),
    waitFor: (what, timeoutMs = 10_000) =>
      vi.waitFor(
        async () => {
          await screen.settled()
          const text = screen.text()
          if (typeof what === 'string' ? text.includes(what) : what.test(text)) return
          throw new Error(`the screen does not show ${String(what)}:\n${text}`)
        },
        {timeout: timeoutMs, interval: 30},
      ),
    exited,
    stall: () => child.pause(),
    hangUp: () => (child as unknown as {destroy(): void}).destroy(),
    stop: async () => {
      if (!ended) child.kill('SIGKILL')
      await exited
    },
  }
}
