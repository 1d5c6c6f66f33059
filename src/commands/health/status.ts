import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'
import {exitCode} from '../../shared/exit-code.ts'

export default class HealthStatus extends BaseCommand {
  static override readonly summary = 'show each server: up or down, since when, and why'
  static override readonly flags = {json: jsonFlag}

  override async run(): Promise<void> {
    const {flags} = await this.parse(HealthStatus)
    const {instanceSnapshot} = await import('../../cli/instance.ts')
    const {healthDocument, healthText, isDown} = await import('../../cli/health-report.ts')
    const snapshot = await instanceSnapshot()
    const document = healthDocument(snapshot)
    if (flags.json) printJson(document)
    else printLine(healthText(document, Date.parse(snapshot.at)))
    if (document.servers.some(isDown)) process.exitCode = exitCode.findings
  }
}
