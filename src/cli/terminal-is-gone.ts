import {closeSync, constants, openSync} from 'node:fs'

/** A shell that ends tells its jobs a moment before the terminal goes. */
const momentMs = 200

/**
 * What HUP means: the terminal that a foreground process was started from has hung up, or (for one that never had a
 * terminal, or has it still) the configuration is to be read again, as `systemctl reload` and `kill -HUP` expect.
 */
export async function terminalIsGone(startedFromOne: boolean): Promise<boolean> {
  if (!startedFromOne) return false
  if (!terminalOpens()) return true
  await new Promise(resolve => setTimeout(resolve, momentMs))
  return !terminalOpens()
}

function terminalOpens(): boolean {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK))
    return true
  } catch {
    return false // ENXIO: there is no controlling terminal any more
  }
}
