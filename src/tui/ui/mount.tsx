import {render} from 'ink'
import {InkStdout} from '../term/ink-stdout.ts'
import {App, type AppProps} from './app.tsx'
import type {Size} from './state.ts'

export interface Mounted {
  /** The size that Ink lays out for, from its next commit on. */
  resize(size: Size): void
  unmount(): void
}

export interface MountOptions extends AppProps {
  readonly stdin: NodeJS.ReadStream
  readonly size: Size
  /** One whole frame of text and SGR sequences. */
  readonly onFrame: (frame: string) => void
  /** React failed; nothing is drawn any more. */
  readonly onFail: (error: unknown) => void
}

/**
 * Ink as a renderer of whole frames (`debug`): it neither throttles, nor places the cursor, nor patches the console, nor
 * looks at the real terminal. Keys are read from `stdin`.
 */
export function mountInk(options: MountOptions): Mounted {
  const {stdin, size, onFrame, onFail, ...props} = options
  const stdout = new InkStdout(size.cols, size.rows, onFrame)
  const instance = render(<App {...props} />, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin,
    debug: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  })
  instance.waitUntilExit().catch(onFail)
  return {
    resize: next => stdout.resize(next.cols, next.rows),
    unmount: () => instance.unmount(),
  }
}
