import {Command, Flags} from '@oclif/core'
import {printFailure} from './output.ts'

export const jsonFlag = Flags.boolean({description: 'print one JSON document'})

/** Every command's base: what is thrown becomes one clear line, a fix, and the exit status of the design. */
export abstract class BaseCommand extends Command {
  protected override async catch(error: Error): Promise<void> {
    // What oclif throws about flags and arguments prints itself and exits with 2.
    if ('oclif' in error) throw error
    printFailure(error, this.argv.includes('--json'))
  }
}
