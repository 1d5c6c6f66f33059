import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class ProfileCpu extends BaseCommand {
  static override readonly summary = 'record where the running runtime spends its processor time (pprof)'
  static override readonly examples = ['<%= config.bin %> profile cpu --seconds 10 --output profile.pb.gz']
  static override readonly flags = {
    seconds: Flags.integer({description: 'how long to record; 30 by default', min: 1, max: 300}),
    output: Flags.string({char: 'o', description: 'file to write', default: 'profile.pb.gz'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ProfileCpu)
    const {recordProfile, viewerHint} = await import('../../cli/record-profile.ts')
    const {safeText} = await import('../../shared/safe-text.ts')
    const document = await recordProfile('cpu', flags.seconds, flags.output)
    if (flags.json) return printJson(document)
    printLine(safeText(`wrote ${document.file} (${document.bytes} bytes): ${viewerHint(document)}`))
  }
}
