import {errnoCode} from '../../shared/errors.ts'
import {safeText} from '../../shared/safe-text.ts'
import {writeNow} from '../../shared/write-now.ts'

/** Alternate screen, hidden cursor, no line wrap, pastes marked. */
const enterSequence = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h'
/** Undoes it. Begins with ESC, which ends whatever sequence was cut off before it. */
const leaveSequence = '\u001b[?2026l\u001b[?2004l\u001b[?7h\u001b[0m\u001b[?25h\u001b[?1049l'

const endingSignals = {SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143} as const

/** `process.stdout` on a terminal. */
export type TerminalOutput = NodeJS.WriteStream & {readonly fd: number}

export interface GuardOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: TerminalOutput
  /** Before the terminal is given back: nothing may be painted from here on. */
  readonly onLeave: () => void
  /** After it was taken (again): everything has to be painted. */
  readonly onEnter: () => void
  /** Ends the process; another in tests. */
  readonly exit: (code: number) => never
}

/**
 * Takes the terminal, and gives it back on every way out: a signal, a throw, a rejection, a hang-up, a stop. Restoring is
 * synchronous, since nothing asynchronous runs when a process ends. Exit codes are the conventional ones; the text of an
 * error is printed after the terminal is itself again.
 */
export class TerminalGuard {
  readonly #options: GuardOptions
  #entered = false
  #installed = false

  constructor(options: GuardOptions) {
    this.#options = options
  }

  enter(): void {
    if (this.#entered) return
    this.#entered = true
    if (!this.#installed) this.#install()
    this.#options.stdin.setRawMode(true)
    writeNow(this.#options.stdout.fd, enterSequence)
    this.#options.onEnter()
  }

  leave(): void {
    if (!this.#entered) return
    this.#entered = false
    this.#options.onLeave()
    writeNow(this.#options.stdout.fd, leaveSequence)
    try {
      this.#options.stdin.setRawMode(false)
    } catch {
      // the terminal is gone: there is nothing left to restore
    }
  }

  /** Leaves for good and takes all handlers back. */
  close(): void {
    this.leave()
    if (!this.#installed) return
    this.#installed = false
    for (const name of Object.keys(endingSignals) as (keyof typeof endingSignals)[]) process.off(name, this.#onSignal)
    process.off('SIGTSTP', this.#onStop)
    process.off('SIGCONT', this.#onContinue)
    process.off('exit', this.#onExit)
    process.off('uncaughtException', this.#onThrow)
    process.off('unhandledRejection', this.#onThrow)
    this.#options.stdout.off('error', this.#onStreamError)
    this.#options.stdin.off('error', this.#onStreamError)
    this.#options.stdin.off('end', this.#onHangUp)
  }

  /** ^Z: the whole job stops, as the terminal would have done it; after `fg` the screen is taken again. */
  suspend(pid = 0): void {
    this.leave()
    process.off('SIGTSTP', this.#onStop)
    try {
      process.kill(pid, 'SIGTSTP') // returns when the process was continued
    } catch {
      // no job control here: go on at once
    }
    setImmediate(this.#onContinue)
  }

  #install(): void {
    this.#installed = true
    for (const name of Object.keys(endingSignals) as (keyof typeof endingSignals)[]) process.on(name, this.#onSignal)
    process.on('SIGTSTP', this.#onStop)
    process.on('SIGCONT', this.#onContinue)
    process.on('exit', this.#onExit)
    process.on('uncaughtException', this.#onThrow)
    process.on('unhandledRejection', this.#onThrow)
    this.#options.stdout.on('error', this.#onStreamError)
    this.#options.stdin.on('error', this.#onStreamError)
    this.#options.stdin.on('end', this.#onHangUp)
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.leave()
    this.#options.exit(endingSignals[signal as keyof typeof endingSignals])
  }

  readonly #onStop = (): void => this.suspend(process.pid)

  readonly #onContinue = (): void => {
    if (!this.#installed || this.#entered) return
    process.off('SIGTSTP', this.#onStop)
    process.on('SIGTSTP', this.#onStop)
    this.enter()
  }

  readonly #onExit = (): void => this.leave()

  readonly #onThrow = (error: unknown): void => {
    const code = errnoCode(error)
    this.leave()
    if (code === 'EPIPE' || code === 'EIO') this.#options.exit(endingSignals.SIGHUP)
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(
      `${text
        .split('\n')
        .map(line => safeText(line))
        .join('\n')}\n`,
    )
    this.#options.exit(70)
  }

  readonly #onStreamError = (error: Error): void => this.#onThrow(error)

  readonly #onHangUp = (): void => {
    this.leave()
    this.#options.exit(endingSignals.SIGHUP)
  }
}
