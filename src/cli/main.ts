import {fileURLToPath} from 'node:url'
import {flush, handle, run, settings} from '@oclif/core'
import {safeText} from '../shared/safe-text.ts'

/** There are none: and under `sudo -u` the home that they would be looked for in is another's, which oclif warns of. */
const noPlugins = {userPlugins: false, devPlugins: false}

/**
 * Runs one command line.
 * @param args without the program's name
 * @param entryUrl the file URL of bin/run.js: the package's root is found from it
 */
export async function main(args: readonly string[], entryUrl: string): Promise<void> {
  settings.enableAutoTranspile = false
  try {
    await run([...args], {root: fileURLToPath(new URL('..', entryUrl)), ...noPlugins})
    await flush()
  } catch (error) {
    await handle(shown(error))
  }
}

/** An error may quote what stood on the command line, and a script may have put any name there. */
function shown(error: unknown): Error {
  const known = error instanceof Error ? error : new Error(String(error))
  known.message = known.message
    .split('\n')
    .map(line => safeText(line))
    .join('\n')
  return known
}
