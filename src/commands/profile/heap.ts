import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class ProfileHeap extends BaseCommand {
  static override readonly summary = 'record which functions hold the running runtime memory (pprof)'
  static override readonly examples = ['<%= config.bin %> profile heap --seconds 10 --output heap.pb.gz']
  static override readonly flags = {
    seconds: Flags.integer({
      description: 'how long to record; without it, since the start where profiling is on, else 10',
      min: 1,
      max: 300,
    }),
    output: Flags.string({char: 'o', description: 'file to write', default: 'heap.pb.gz'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ProfileHeap)
    const {recordProfile, viewerHint} = await import('../../cli/record-profile.ts')
    const {safeText} = await import('../../shared/safe-text.ts')
    const document = await recordProfile('heap', flags.seconds, flags.output)
    if (flags.json) return printJson(document)
    printLine(safeText(`wrote ${document.file} (${document.bytes} bytes): ${viewerHint(document)}`))
  }
}
