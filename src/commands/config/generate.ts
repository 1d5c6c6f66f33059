import {BaseCommand} from '../../cli/base-command.ts'

export default class ConfigGenerate extends BaseCommand {
  static override readonly summary = 'print a commented configuration to start from'
  static override readonly examples = ['<%= config.bin %> config generate > config.yaml']

  override async run(): Promise<void> {
    await this.parse(ConfigGenerate)
    const {starterConfig} = await import('../../config/starter.ts')
    process.stdout.write(starterConfig)
  }
}
