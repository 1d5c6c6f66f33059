import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine, printNote} from '../../cli/output.ts'
import {AppError} from '../../shared/errors.ts'
import {exitCode} from '../../shared/exit-code.ts'

export default class ConfigRollback extends BaseCommand {
  static override readonly summary = 'put a configuration back that has served well, and have the runtime take it'
  static override readonly examples = ['<%= config.bin %> config rollback', '<%= config.bin %> config rollback 3 --yes']
  static override readonly args = {
    n: Args.integer({description: 'generation; without it the newest that is not what the file holds', min: 1}),
  }
  static override readonly flags = {
    yes: Flags.boolean({description: 'do not ask'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ConfigRollback)
    const {planRollback, rollBack} = await import('../../cli/config-rollback.ts')
    const plan = await planRollback(args.n)
    const {to, configs, lines} = plan
    for (const line of lines) printNote(line)
    if (!flags.yes) {
      const {askYes} = await import('../../cli/ask-yes.ts')
      const said = await askYes(`Put generation ${to.n} (in force since ${to.since}) back?`)
      if (said === undefined)
        throw new AppError('NOT_CONFIRMED', 'nothing was changed: nobody can be asked', {
          fix: 'Say --yes.',
          exitCode: exitCode.usage,
        })
      if (!said) return printNote('nothing was changed')
    }
    const undo = rollBack(plan)
    const {reloadExitCode, reloadInstance} = await import('../../cli/reload-instance.ts')
    const report = configs.running ? await reloadInstance() : null
    if (report !== null) process.exitCode = reloadExitCode(report)
    if (flags.json)
      return printJson({generation: to.n, sha256: to.sha256, config: configs.configPath, undo, reload: report})
    printLine(`${configs.configPath} is generation ${to.n} again`)
    if (undo !== null) printLine(`what it held is in ${undo}`)
    if (report !== null) printLine(report.ok ? report.message : `not reloaded: ${report.message}`)
  }
}
