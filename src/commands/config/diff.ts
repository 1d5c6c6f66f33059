import {Args} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {AppError} from '../../shared/errors.ts'
import {exitCode} from '../../shared/exit-code.ts'

export default class ConfigDiff extends BaseCommand {
  static override readonly summary = 'show what differs in meaning between two files, or between the file and what runs'
  static override readonly description =
    'Exit 1 where something differs. Secrets are compared and not shown. Without files: what the running proxy holds against its file as it is now.'
  static override readonly examples = [
    '<%= config.bin %> config diff config.yaml.backup config.yaml',
    '<%= config.bin %> config diff',
  ]
  static override readonly args = {
    before: Args.string({description: 'the older file'}),
    after: Args.string({description: 'the newer file'}),
  }
  static override readonly flags = {json: jsonFlag}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigDiff)
    const {diffFiles, diffRunning} = await import('../../cli/config-diff.ts')
    if (args.before === undefined) return diffRunning(flags.json)
    if (args.after === undefined)
      throw new AppError('TWO_FILES', 'a second file is needed to compare with', {
        fix: `only1mcp config diff ${args.before} OTHER; without files: what runs against its file`,
        exitCode: exitCode.usage,
      })
    diffFiles(args.before, args.after, flags.json)
  }
}
