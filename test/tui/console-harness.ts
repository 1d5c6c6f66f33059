import {PassThrough} from 'node:stream'
import {vi} from 'vitest'
import type {Source} from '../../src/control/source.ts'
import {runFeed} from '../../src/tui/store/feed.ts'
import {DataStore} from '../../src/tui/store/store.ts'
import {diffGrids} from '../../src/tui/term/diff.ts'
import type {Grid} from '../../src/tui/term/grid.ts'
import {asciiGlyphs, unicodeGlyphs} from '../../src/tui/text/glyphs.ts'
import {Console} from '../../src/tui/ui/console.ts'
import {mountInk} from '../../src/tui/ui/mount.tsx'
import {Screen} from '../helpers/screen.ts'

export interface OpenConsole {
  readonly store: DataStore
  /** What a terminal shows that got every painted difference. */
  readonly screen: Screen
  readonly quits: string[]
  grid(): Grid
  press(...keys: string[]): Promise<void>
  resize(cols: number, rows: number): Promise<void>
  /** Bytes painted so far. */
  painted(): number
  idle(): Promise<void>
  close(): Promise<void>
}

/** The whole console but the guard, on a headless terminal: Ink, keys, store, diffs. */
export async function openConsole(source: Source, cols: number, rows: number, ascii = false): Promise<OpenConsole> {
  const glyphs = ascii ? asciiGlyphs : unicodeGlyphs
  const store = new DataStore({label: source.label, ascii})
  const screen = new Screen(cols, rows)
  const end = new AbortController()
  const quits: string[] = []
  let last: Grid | undefined
  let bytes = 0
  const console = new Console({
    source,
    store,
    glyphs,
    size: {cols, rows},
    signal: end.signal,
    paint: grid => {
      const text = diffGrids(last, grid, true)
      last = grid
      bytes += text.length
      if (text !== '') screen.feed(text)
    },
    quit: () => quits.push('quit'),
    suspend: () => quits.push('suspend'),
    repaint: () => {
      last = undefined
    },
  })
  const stdin = Object.assign(new PassThrough(), {isTTY: true, setRawMode: () => stdin, ref: () => {}, unref: () => {}})
  const ink = mountInk({
    stdin: stdin as unknown as NodeJS.ReadStream,
    size: {cols, rows},
    chrome: console.chrome,
    subscribe: console.subscribe,
    onKey: console.onKey,
    onPaste: console.onPaste,
    onFrame: console.onFrame,
    onFail: error => {
      throw error
    },
  })
  const unsubscribe = store.subscribe(console.onData)
  const feed = runFeed({
    source,
    store,
    clock: {now: () => performance.now(), wallMs: () => Date.parse('2026-03-02T12:01:05Z')},
    signal: end.signal,
    backoffMs: [50],
  })
  await vi.waitFor(() => {
    if (store.snapshot === undefined || last === undefined) throw new Error('no data yet')
  })
  const idle = async (): Promise<void> => {
    let before = -1
    while (before !== bytes) {
      before = bytes
      await new Promise(resolve => setTimeout(resolve, 130))
    }
    await screen.settled()
  }
  await idle()
  return {
    store,
    screen,
    quits,
    grid: () => {
      if (last === undefined) throw new Error('nothing was painted')
      return last
    },
    press: async (...keys) => {
      for (const key of keys) {
        stdin.write(key)
        // Ink waits 20 ms after a lone escape for the rest of a sequence.
        await new Promise(resolve => setTimeout(resolve, key === '\u001b' ? 40 : 5))
      }
      await idle()
    },
    resize: async (nextCols, nextRows) => {
      screen.resize(nextCols, nextRows)
      last = undefined
      ink.resize({cols: nextCols, rows: nextRows})
      console.resize({cols: nextCols, rows: nextRows})
      await idle()
    },
    painted: () => bytes,
    idle,
    close: async () => {
      end.abort()
      unsubscribe()
      console.close()
      ink.unmount()
      await feed
    },
  }
}
