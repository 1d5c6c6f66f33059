import {fileURLToPath} from 'node:url'
import {execute, settings} from '@oclif/core'

/**
 * Runs one command line.
 * @param args without the program's name
 * @param entryUrl the file URL of bin/run.js: the package's root is found from it
 */
export async function main(args: readonly string[], entryUrl: string): Promise<void> {
  settings.enableAutoTranspile = false
  await execute({args: [...args], loadOptions: {root: fileURLToPath(new URL('..', entryUrl))}})
}
