import {styleText} from 'node:util'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {printJson, printLine, printNote} from '../cli/output.ts'

export default class Reload extends BaseCommand {
  static override readonly summary = 'have the running runtime take its configuration file anew'
  static override readonly description =
    'A file that is not valid changes nothing. Servers that are the same in it keep their process; requests in flight end where they began.'
  static override readonly examples = ['<%= config.bin %> reload', '<%= config.bin %> reload --json']
  static override readonly flags = {json: jsonFlag}

  override async run(): Promise<void> {
    const {flags} = await this.parse(Reload)
    const {reloadExitCode, reloadInstance} = await import('../cli/reload-instance.ts')
    const report = await reloadInstance()
    process.exitCode = reloadExitCode(report)
    if (flags.json) return printJson(report)
    const {reloadText} = await import('../cli/reload-text.ts')
    const {result, talk} = reloadText(report, (style, text) => styleText(style, text, {stream: process.stderr}))
    for (const line of talk) printNote(line)
    for (const line of result) printLine(line)
  }
}
