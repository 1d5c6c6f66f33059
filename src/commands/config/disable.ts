import {BaseCommand} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'
import {switchArgs, switchFlags} from '../../cli/switch-input.ts'

export default class ConfigDisable extends BaseCommand {
  static override readonly summary =
    'disable a part of the proxy, or a server, in the configuration file; comments and layout stay'
  static override readonly examples = [
    '<%= config.bin %> config disable cache',
    '<%= config.bin %> config disable github --dry-run',
  ]
  static override readonly args = switchArgs
  static override readonly flags = switchFlags

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigDisable)
    const {switchLines, switchSetting} = await import('../../cli/config-switch.ts')
    const done = switchSetting({key: args.key, on: false, file: flags.config, dryRun: flags['dry-run']})
    if (flags.json) return printJson(done)
    for (const line of switchLines(done)) printLine(line)
  }
}
