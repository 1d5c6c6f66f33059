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
        'basic: nothing but what is needed; solo: one machine; team: keys, roles, limits, a cache; ' +
        'enterprise: TLS, OAuth, groups, Redis, PostgreSQL',
    })(),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ConfigGenerate)
    const {templates} = await import('../../config/templates/catalogue.ts')
    process.stdout.write(templates[flags.template])
  }
}
