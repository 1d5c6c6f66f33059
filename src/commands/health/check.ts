import {Args} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'
import {exitCode} from '../../shared/exit-code.ts'

export default class HealthCheck extends BaseCommand {
  static override readonly summary = 'have one server asked now whether it lives'
  static override readonly args = {id: Args.string({required: true, description: 'id of the server'})}
  static override readonly flags = {json: jsonFlag}

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(HealthCheck)
    const {checkServer, checkText} = await import('../../cli/health-check.ts')
    const document = await checkServer(args.id)
    if (flags.json) printJson(document)
    else printLine(checkText(document))
    if (!document.ok) process.exitCode = exitCode.findings
  }
}
