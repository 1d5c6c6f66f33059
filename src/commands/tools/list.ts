import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {durationFlag} from '../../cli/duration-flag.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class ToolsList extends BaseCommand {
  static override readonly summary =
    'list the tools of the running proxy, whose they are, and what they cost in context'
  static override readonly examples = ['<%= config.bin %> tools list', '<%= config.bin %> tools list --server github']
  static override readonly flags = {
    server: Flags.string({description: 'only the tools of this server or group'}),
    'key-env': Flags.string({description: 'name of the environment variable that holds an API key or token'}),
    timeout: durationFlag({default: 15_000, description: 'how long to wait, such as 10s'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(ToolsList)
    const {listTools, toolListText} = await import('../../cli/tool-list.ts')
    const {tableLook} = await import('../../cli/table-look.ts')
    const list = await listTools({server: flags.server, keyEnv: flags['key-env'], timeoutMs: flags.timeout})
    if (flags.json) return printJson(list)
    printLine(toolListText(list, tableLook()))
  }
}
