import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {printJson, printLine} from '../cli/output.ts'
import {paintFor} from '../cli/style.ts'

export default class Doctor extends BaseCommand {
  static override readonly summary: string = 'find out what is wrong with the runtime, running or not, and why'
  static override readonly examples: string[] = [
    '<%= config.bin %> doctor --quick',
    '<%= config.bin %> doctor port.listening port.owner',
    '<%= config.bin %> doctor --explain port.owner',
  ]
  static override readonly args = {
    check: Args.string({multiple: true, description: 'checks to run, by id; all of them without one'}),
  }
  static override readonly flags = {
    quick: Flags.boolean({description: 'only the checks that take no noticeable time'}),
    list: Flags.boolean({description: 'list the checks', exclusive: ['explain']}),
    explain: Flags.string({description: 'what a check means, and what to do when it fails', helpValue: 'ID'}),
    config: Flags.string({description: 'configuration file', helpValue: 'FILE'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Doctor)
    if (flags.list) return listChecks(flags.json)
    if (flags.explain !== undefined) return explain(flags.explain, flags.json)

    const {runDoctor} = await import('../diagnostics/doctor.ts')
    const report = await runDoctor({
      ids: args.check ?? [],
      env: process.env,
      cwd: process.cwd(),
      configFlag: flags.config,
      signal: new AbortController().signal,
    })
    process.exitCode = report.exitCode
    if (flags.json) {
      const {reportJson} = await import('../diagnostics/report-json.ts')
      return printJson(reportJson(report))
    }
    const {catalogue} = await import('../diagnostics/checks/catalogue.ts')
    const {reportText} = await import('../diagnostics/report-text.ts')
    const paint = paintFor(process.stdout, process.env)
    const width = process.stdout.columns || 80
    for (const line of reportText(report, {checks: catalogue, width, paint})) printLine(line)
  }
}

async function listChecks(json: boolean): Promise<void> {
  const {catalogue} = await import('../diagnostics/checks/catalogue.ts')
  const checks = catalogue.map(({id, category, severity, title, docs, after}) => ({
    id,
    category,
    severity,
    title,
    docs,
    after,
  }))
  if (json) return printJson({checks})
  for (const {id, severity, title} of checks) printLine(`${id.padEnd(20)} ${severity}  ${title}`)
}

async function explain(id: string, json: boolean): Promise<void> {
  const {explainCheck} = await import('../diagnostics/explain-check.ts')
  const explanation = explainCheck(id)
  if (json) return printJson(explanation)
  printLine(`${explanation.id}: ${explanation.title}`)
  printLine()
  printLine(explanation.text)
}
