import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class ProfileTrace extends BaseCommand {
  static override readonly summary = 'record what the running runtime does, for Perfetto: requests, collections, stacks'
  static override readonly examples = ['<%= config.bin %> profile trace --seconds 10 --output trace.json']
  static override readonly flags = {
    seconds: Flags.integer({description: 'how long to record; 5 by default', min: 1, max: 300}),
    output: Flags.string({char: 'o', description: 'file to write', default: 'trace.json'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ProfileTrace)
    const {recordProfile, viewerHint} = await import('../../cli/record-profile.ts')
    const {safeText} = await import('../../shared/safe-text.ts')
    const document = await recordProfile('trace', flags.seconds, flags.output)
    if (flags.json) return printJson(document)
    printLine(safeText(`wrote ${document.file} (${document.bytes} bytes): ${viewerHint(document)}`))
  }
}
