import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'

export default class ConfigEnable extends BaseCommand {
  static override readonly summary = 'turn a feature or a server on in the configuration file'
  static override readonly description =
    'One small edit: comments and layout stay, the former file is kept as FILE.bak.'
  static override readonly examples = [
    '<%= config.bin %> config enable cache',
    '<%= config.bin %> config enable github --dry-run',
  ]
  static override readonly args = {
    key: Args.string({
      description:
        'cache, auth, rate_limit, request_log, compression, metrics, tracing, profiling, or the id of a server',
      required: true,
    }),
  }
  static override readonly flags = {
    config: Flags.string({description: 'configuration file; without it the one that start would take'}),
    'dry-run': Flags.boolean({description: 'show the edit and write nothing'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigEnable)
    const {switchSetting} = await import('../../cli/config-switch.ts')
    switchSetting({key: args.key, on: true, file: flags.config, dryRun: flags['dry-run'], json: flags.json})
  }
}
