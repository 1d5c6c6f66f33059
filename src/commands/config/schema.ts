import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'
import {printLine} from '../../cli/output.ts'

export default class ConfigSchema extends BaseCommand {
  static override readonly summary = 'print the JSON Schema of configuration files, for editors and validators'
  static override readonly examples = [
    '<%= config.bin %> config schema > only1mcp.schema.json',
    '<%= config.bin %> config schema --draft 7 > schema.json',
  ]
  static override readonly flags = {
    draft: Flags.option({
      options: ['2020-12', '7'] as const,
      default: '2020-12' as const,
      description: 'draft of JSON Schema; 7 for tools that know no newer one',
    })(),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ConfigSchema)
    const {configJsonSchema} = await import('../../config/json-schema.ts')
    printLine(JSON.stringify(configJsonSchema(flags.draft), null, 2))
  }
}
