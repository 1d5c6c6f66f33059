import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'

export default class ConfigShow extends BaseCommand {
  static override readonly summary = 'show the configuration in effect, and where each value comes from'
  static override readonly description = 'Secrets are never shown; config render writes a file that holds them.'
  static override readonly examples = [
    '<%= config.bin %> config show --sanitize',
    '<%= config.bin %> config show config.yaml --include-defaults',
  ]
  static override readonly args = {
    file: Args.string({description: 'configuration file; without it the one that start would take'}),
  }
  static override readonly flags = {
    sanitize: Flags.boolean({description: 'hide secrets: always so', default: true}),
    'include-defaults': Flags.boolean({description: 'also what the file does not say'}),
    config: Flags.string({description: 'configuration file, as for start'}),
    host: Flags.string({description: 'as for start'}),
    port: Flags.integer({description: 'as for start', min: 0, max: 65_535}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigShow)
    const {showConfig} = await import('../../cli/config-show.ts')
    const {host, port, json} = flags
    showConfig({file: args.file ?? flags.config, includeDefaults: flags['include-defaults'], json, host, port})
  }
}
