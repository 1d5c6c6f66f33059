import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {durationFlag} from '../../cli/duration-flag.ts'
import {printJson, printLine} from '../../cli/output.ts'
import {exitCode} from '../../shared/exit-code.ts'

const defaultIntervalMs = 2000

export default class HealthStatus extends BaseCommand {
  static override readonly summary = 'show each server: up or down, since when, and why'
  static override readonly examples = [
    '<%= config.bin %> health status',
    '<%= config.bin %> health status --watch --interval 5s',
    '<%= config.bin %> health status --watch --json',
  ]
  static override readonly flags = {
    json: jsonFlag,
    watch: Flags.boolean({
      description: 'go on until ^C, also while the runtime is away; with --json a document a line',
    }),
    interval: durationFlag({dependsOn: ['watch'], description: 'with --watch: how often; 2s by default'}),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(HealthStatus)
    if (flags.watch) {
      const {watchHealth} = await import('../../cli/health-watch.ts')
      process.exitCode = await watchHealth({intervalMs: flags.interval ?? defaultIntervalMs, json: flags.json})
      return
    }
    const {instanceSnapshot} = await import('../../cli/instance.ts')
    const {healthDocument, healthText, isDown} = await import('../../cli/health-report.ts')
    const snapshot = await instanceSnapshot()
    const document = healthDocument(snapshot)
    if (flags.json) printJson(document)
    else {
      const {healthStatusLook} = await import('../../cli/recent-seed.ts')
      printLine(healthText(document, await healthStatusLook(snapshot)))
    }
    if (document.servers.some(isDown)) process.exitCode = exitCode.findings
  }
}
