import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {printJson, printLine} from '../cli/output.ts'

export default class Status extends BaseCommand {
  static override readonly summary = 'say whether a runtime runs, where, and how it fares'
  static override readonly flags = {json: jsonFlag}

  override async run(): Promise<void> {
    const {flags} = await this.parse(Status)
    const {findInstance} = await import('../cli/instance.ts')
    const {statusDocument, statusText} = await import('../cli/status-report.ts')
    const {record, client} = await findInstance()
    const document = statusDocument(record, await client.snapshot())
    if (flags.json) printJson(document)
    else printLine(statusText(document))
  }
}
