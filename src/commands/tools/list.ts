import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class ToolsList extends BaseCommand {
  static override readonly summary =
    'list the tools of the running proxy, with their servers and what they cost in context'
  static override readonly flags = {
    server: Flags.string({description: 'only of this server or group'}),
    'key-env': Flags.string({description: 'variable that holds an API key or token', helpValue: 'NAME'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ToolsList)
    const {listTools, toolsText} = await import('../../cli/tools-list.ts')
    const {keyFromEnv} = await import('../../cli/proxy-client.ts')
    const document = await listTools(keyFromEnv(flags['key-env']), flags.server)
    if (flags.json) printJson(document)
    else printLine(toolsText(document))
  }
}
