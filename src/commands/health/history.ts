import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class HealthHistory extends BaseCommand {
  static override readonly summary = 'show how a server was in the last while; works without a runtime'
  static override readonly flags = {
    json: jsonFlag,
    server: Flags.string({required: true, description: 'id of the server'}),
    last: Flags.string({default: '1h', description: 'how far back, such as 30m or 2d'}),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(HealthHistory)
    const {healthHistory} = await import('../../cli/health-history.ts')
    const document = await healthHistory(flags.server, flags.last, Date.now())
    if (flags.json) printJson(document)
    else {
      const [{historyText}, {historyLook}] = await Promise.all([
        import('../../cli/history-text.ts'),
        import('../../cli/table-look.ts'),
      ])
      printLine(historyText(document, historyLook()))
    }
  }
}
