import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class ConfigDisable extends BaseCommand {
  static override readonly summary =
    'disable a part of the proxy, or a server, in the configuration file; comments and layout stay'
  static override readonly examples = [
    '<%= config.bin %> config disable cache',
    '<%= config.bin %> config disable github --dry-run',
  ]
  static override readonly args = {
    key: Args.string({
      required: true,
      description:
        'cache, auth, rate_limit, request_log, compression, metrics, tracing, profiling, batching, or the id of a server (server:ID where it has such a name)',
    }),
  }
  static override readonly flags = {
    config: Flags.string({char: 'c', description: 'configuration file; without it the one that start would take'}),
    'dry-run': Flags.boolean({description: 'show what would change, and write nothing'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigDisable)
    const {switchLines, switchSetting} = await import('../../cli/config-switch.ts')
    const done = switchSetting({key: args.key, on: false, file: flags.config, dryRun: flags['dry-run']})
    if (flags.json) return printJson(done)
    for (const line of switchLines(done)) printLine(line)
  }
}
