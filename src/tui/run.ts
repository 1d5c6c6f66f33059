import type {Source} from '../control/source.ts'
import {systemClock} from '../shared/clock.ts'
import {runFeed} from './store/feed.ts'
import {DataStore} from './store/store.ts'
import {capabilities} from './term/caps.ts'
import {TerminalGuard, type TerminalOutput} from './term/guard.ts'
import {ScreenWriter} from './term/screen-writer.ts'
import {Console} from './ui/console.ts'
import type {Size} from './ui/state.ts'

export interface TuiOptions {
  readonly source: Source
  readonly stdin: NodeJS.ReadStream
  readonly stdout: TerminalOutput
  readonly env: NodeJS.ProcessEnv
}

/**
 * The console on a terminal, until the operator leaves it. The caller has made sure that there is one (`refusal`).
 * @returns the exit status
 * @throws AppError when the runtime does not answer at the first try; the terminal is untouched then
 */
export async function runTui({source, stdin, stdout, env}: TuiOptions): Promise<number> {
  const {glyphs, colours} = capabilities(env)
  const end = new AbortController()
  // The first snapshot and the libraries (half a second of loading) come side by side.
  const [first, {mountInk}] = await Promise.all([source.snapshot(end.signal), import('./ui/mount.tsx')])
  const store = new DataStore({label: source.label, ascii: glyphs.ascii})
  store.applySnapshot(first)

  let leave: (code: number) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const left = new Promise<number>((resolve, reject) => {
    leave = resolve
    fail = reject
  })
  const writer = new ScreenWriter(nonBlocking(stdout), colours)
  const screen = new Console({
    source,
    store,
    glyphs,
    size: sizeOf(stdout),
    signal: end.signal,
    paint: grid => writer.paint(grid),
    quit: () => leave(0),
    suspend: () => guard.suspend(),
    repaint: () => writer.forget(),
  })
  const guard = new TerminalGuard({
    stdin,
    stdout,
    onLeave: () => writer.pause(),
    onEnter: () => {
      writer.resume()
      screen.resize(sizeOf(stdout))
    },
    exit: code => process.exit(code),
  })
  guard.enter()
  const ink = mountInk({
    stdin,
    size: sizeOf(stdout),
    chrome: screen.chrome,
    subscribe: screen.subscribe,
    onKey: screen.onKey,
    onPaste: screen.onPaste,
    onFrame: screen.onFrame,
    onFail: fail,
  })
  const onResize = (): void => {
    writer.forget()
    ink.resize(sizeOf(stdout))
    screen.resize(sizeOf(stdout))
  }
  stdout.on('resize', onResize)
  const stopListening = store.subscribe(screen.onData)
  const feed = runFeed({source, store, clock: systemClock, signal: end.signal})
  try {
    return await left
  } finally {
    stopListening()
    stdout.off('resize', onResize)
    screen.close()
    guard.close()
    ink.unmount()
    stdin.pause()
    end.abort()
    await feed
  }
}

function sizeOf(stdout: TerminalOutput): Size {
  return {cols: stdout.columns || 80, rows: stdout.rows || 24}
}

/**
 * Node writes to terminals synchronously: a reader that stalls (a dead ssh) would stop the whole program. The switch is
 * not part of the public interface, so its absence must not matter.
 */
function nonBlocking(stdout: TerminalOutput): TerminalOutput {
  try {
    const {_handle: handle} = stdout as {_handle?: {setBlocking?: (blocking: boolean) => void}}
    handle?.setBlocking?.(false)
  } catch {
    // a stalled terminal stalls the console, then; nothing else changes
  }
  return stdout
}
