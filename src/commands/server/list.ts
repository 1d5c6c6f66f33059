import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class ServerList extends BaseCommand {
  static override readonly summary = 'list the servers behind the endpoint, with what each runs or connects to'
  static override readonly flags = {json: jsonFlag}

  override async run(): Promise<void> {
    const {flags} = await this.parse(ServerList)
    const {instanceSnapshot} = await import('../../cli/instance.ts')
    const {tableLook} = await import('../../cli/table-look.ts')
    const {serverListDocument, serverListText} = await import('../../cli/server-list-report.ts')
    const document = serverListDocument(await instanceSnapshot())
    if (flags.json) printJson(document)
    else printLine(serverListText(document, tableLook()))
  }
}
