// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file
import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine, printNote} from '../../cli/output.ts'
import {safeText} from '../../shared/safe-text.ts'

export default class ConfigRender extends BaseCommand {
  static override readonly summary = 'write a configuration with its variables put in; comments and layout stay'
  static override readonly description =
    'The result holds secrets: it gets mode 0600. A variable that is not set is an error, and nothing is written.'
  static override readonly examples = ['<%= config.bin %> config render config.template.yaml config.yaml']
  static override readonly args = {
    in: Args.string({required: true, description: 'configuration with ${NAME} or ${NAME:-default}'}),
    out: Args.string({required: true, description: 'file to write'}),
  }
  static override readonly flags = {
    force: Flags.boolean({description: 'overwrite a file that is there'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigRender)
    const {renderFile} = await import('../../cli/config-render.ts')
    const done = renderFile({input: args.in, output: args.out, force: flags.force})
    if (flags.json) return printJson(done)
    const names = done.variables.length === 0 ? 'no variables' : done.variables.join(', ')
    printLine(`${safeText(done.output)} written, mode 0600: ${safeText(names)}`)
    if (done.movedPaths)
      printNote('Relative paths in it start at its own folder, which is another one than that of the input.')
  }
}
