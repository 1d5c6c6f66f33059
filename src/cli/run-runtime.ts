import {loadConfigInProcess} from '../config/load-in-process.ts'
import {printFailure} from './output.ts'
import {serve} from './serve.ts'
import {type StartFlags, settleStart} from './start-settings.ts'

/** What `start` was told. Holds no secret: it stands on the command line. */
export interface RuntimeOrder {
  readonly flags: StartFlags
  readonly pidFile: string | undefined
  readonly argv: readonly string[]
}

/** Runs the proxy until it is told to end. What is thrown is shown as by every command. */
export async function runRuntime({flags, pidFile, argv}: RuntimeOrder): Promise<void> {
  try {
    const settings = await settleStart(flags, process.env, process.cwd(), loadConfigInProcess)
    await serve(settings, {pidFile, argv})
  } catch (error) {
    printFailure(error, false)
  }
}
