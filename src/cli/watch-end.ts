/** How a watch was ended: ^C is the way out of it, and no failure. */
export const watchEndCodes = {SIGINT: 0, SIGTERM: 143, SIGHUP: 129} as const
export type WatchEnd = keyof typeof watchEndCodes

export interface WatchControl {
  /** Its reason is a `WatchEnd`. */
  readonly signal: AbortSignal
  end(how: WatchEnd): void
  /** Takes the handlers back and gives the keyboard back. */
  close(): void
}

export interface KeyHandlers {
  /** Before the program is stopped (^Z): the terminal belongs to the shell. */
  readonly onStop: () => void
  /** It goes on, on a screen that others have written on. */
  readonly onContinue: () => void
}

/** Signals, and on a terminal keys: ^C and q end, ^Z stops; nothing that is typed is echoed into the picture. */
export function watchControl(stdin: NodeJS.ReadStream, keys: KeyHandlers | undefined): WatchControl {
  const ended = new AbortController()
  const end = (how: WatchEnd): void => ended.abort(how)
  const handlers = (Object.keys(watchEndCodes) as WatchEnd[]).map(name => [name, () => end(name)] as const)
  for (const [name, handler] of handlers) process.on(name, handler)
  if (keys === undefined) return {signal: ended.signal, end, close: () => off(handlers)}

  const onHangUp = (): void => end('SIGHUP')
  const onKeys = (typed: Buffer): void => {
    for (const key of typed.toString('latin1')) {
      if (key === '\u0003' || key === 'q') end('SIGINT')
      if (key === '\u001a') stop()
    }
  }
  const stop = (): void => {
    setRaw(stdin, false)
    keys.onStop()
    process.kill(0, 'SIGTSTP') // the whole job, as the terminal would have done it
  }
  const onContinue = (): void => {
    setRaw(stdin, true)
    keys.onContinue()
  }
  setRaw(stdin, true)
  stdin.on('data', onKeys).on('end', onHangUp).on('error', onHangUp)
  process.on('SIGCONT', onContinue)
  const close = (): void => {
    off(handlers)
    process.off('SIGCONT', onContinue)
    setRaw(stdin, false)
    stdin.off('data', onKeys).off('end', onHangUp)
    stdin.destroy()
  }
  return {signal: ended.signal, end, close}
}

function off(handlers: readonly (readonly [WatchEnd, () => void])[]): void {
  for (const [name, handler] of handlers) process.off(name, handler)
}

function setRaw(stdin: NodeJS.ReadStream, raw: boolean): void {
  try {
    stdin.setRawMode(raw)
  } catch {
    // the terminal is gone: it has nothing to restore
  }
}
