import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'

export default class ConfigRender extends BaseCommand {
  static override readonly summary = 'write a configuration with its environment variables put in, mode 0600'
  static override readonly description =
    'Comments, order and layout stay. A variable that is not set is an error; no value can change the structure, as with envsubst.'
  static override readonly examples = ['<%= config.bin %> config render config.template.yaml config.yaml']
  static override readonly args = {
    in: Args.string({description: 'file with variables', required: true}),
    out: Args.string({description: 'file to write', required: true}),
  }
  static override readonly flags = {force: Flags.boolean({description: 'overwrite the file'})}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigRender)
    const {renderFile} = await import('../../cli/config-render.ts')
    renderFile(args.in, args.out, flags.force)
  }
}
