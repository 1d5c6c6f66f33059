import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {type DoctorFormat, doctorFormats, printChecks, printExplanation, printReport} from '../cli/doctor-output.ts'
import {doctorProgress} from '../cli/doctor-progress.ts'

export default class Doctor extends BaseCommand {
  static override readonly summary: string = 'find out what is wrong with the runtime, running or not, and why'
  static override readonly examples: string[] = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --quick',
    '<%= config.bin %> doctor port.listening port.owner',
    '<%= config.bin %> doctor --fix',
    '<%= config.bin %> doctor --explain port.owner',
  ]
  static override readonly args = {
    check: Args.string({multiple: true, description: 'checks to run, by id or area; all of them without one'}),
  }
  static override readonly flags = {
    quick: Flags.boolean({description: 'only the checks that take no noticeable time'}),
    list: Flags.boolean({description: 'list the checks', exclusive: ['explain']}),
    explain: Flags.string({description: 'what a check means, and what to do when it fails', helpValue: 'ID'}),
    fix: Flags.boolean({description: 'put right what can be put right safely: plan, ask, do, look again'}),
    yes: Flags.boolean({description: 'with --fix: do not ask', dependsOn: ['fix']}),
    format: Flags.option({options: doctorFormats, description: 'how to print the report'})(),
    config: Flags.string({description: 'configuration file', helpValue: 'FILE'}),
    json: jsonFlag,
  }
  /** `quick-check` always is. */
  protected readonly alwaysQuick: boolean = false

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Doctor)
    if (flags.list) return printChecks(flags.json)
    if (flags.explain !== undefined) return printExplanation(flags.explain, flags.json)

    const ids = args.check ?? []
    const quick = this.alwaysQuick || flags.quick
    const format: DoctorFormat = flags.format ?? (flags.json ? 'json' : 'pretty')
    const {runDoctor} = await import('../diagnostics/doctor.ts')
    const look = async () => {
      const progress = doctorProgress(process.stderr)
      const checks: Parameters<NonNullable<Parameters<typeof runDoctor>[0]['onStart']>>[0][number][] = []
      const report = await runDoctor({
        ids,
        quick,
        env: process.env,
        cwd: process.cwd(),
        configFlag: flags.config,
        signal: new AbortController().signal,
        onStart: all => {
          checks.push(...all)
          progress.start(
            all.length,
            all.map(({id}) => id),
          )
        },
        onFinding: progress.found,
      })
      progress.end()
      return {report, checks}
    }
    let {report, checks} = await look()
    if (flags.fix) {
      const {fixFindings} = await import('../cli/doctor-fix.ts')
      if (await fixFindings(report, {yes: flags.yes, named: ids})) ({report, checks} = await look())
    }
    process.exitCode = report.exitCode
    await printReport(report, format, checks)
  }
}
