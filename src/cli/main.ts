import {fileURLToPath} from 'node:url'
import {execute, settings} from '@oclif/core'

/** There are none: and under `sudo -u` the home that they would be looked for in is another's, which oclif warns of. */
const noPlugins = {userPlugins: false, devPlugins: false}

/**
 * Runs one command line.
 * @param args without the program's name
 * @param entryUrl the file URL of bin/run.js: the package's root is found from it
 */
export async function main(args: readonly string[], entryUrl: string): Promise<void> {
  settings.enableAutoTranspile = false
  await execute({args: [...args], loadOptions: {root: fileURLToPath(new URL('..', entryUrl)), ...noPlugins}})
}
