import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'

export default class ConfigGenerate extends BaseCommand {
  static override readonly summary = 'print a commented configuration to start from'
  static override readonly examples = [
    '<%= config.bin %> config generate > config.yaml',
    '<%= config.bin %> config generate --template team > config.yaml',
  ]
  static override readonly flags = {
    template: Flags.option({
      options: ['basic', 'solo', 'team', 'enterprise'] as const,
      default: 'basic' as const,
      description:
        'basic: what every file has; solo: local programs, cache; team: API keys, roles, replicas; enterprise: TLS, JWT, Redis, PostgreSQL',
    })(),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ConfigGenerate)
    const {configTemplate} = await import('../../config/templates.ts')
    process.stdout.write(configTemplate(flags.template))
  }
}
