import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class ConfigHistory extends BaseCommand {
  static override readonly summary = 'list the configurations that have served well, the newest first'
  static override readonly examples = ['<%= config.bin %> config history', '<%= config.bin %> config history --json']
  static override readonly flags = {json: jsonFlag}

  override async run(): Promise<void> {
    const {flags} = await this.parse(ConfigHistory)
    const {historyRows, keptConfigs} = await import('../../cli/config-generations.ts')
    const configs = await keptConfigs()
    const rows = historyRows(configs)
    if (flags.json) return printJson({config: configs.configPath, generations: rows})
    if (rows.length === 0) return printLine('no configuration is kept yet: one is, after it has served for a while')
    const {table} = await import('../../cli/table.ts')
    const cells = rows.map(({n, sha256, version, since, current}) => {
      return [String(n), since, sha256.slice(0, 8), version, current ? 'the file now' : '']
    })
    printLine(table(['N', 'IN FORCE SINCE', 'SHA256', 'VERSION', ''], cells))
  }
}
