import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {AppError} from '../../shared/errors.ts'
import {exitCode} from '../../shared/exit-code.ts'

export default class ToolsCall extends BaseCommand {
  static override readonly summary = 'call a tool through the running proxy, as an MCP client does'
  static override readonly description = 'Exit 1 where the tool answers with an error, 4 after the timeout.'
  static override readonly examples = [
    `<%= config.bin %> tools call github__search --args '{"query": "x"}'`,
    '<%= config.bin %> tools call github__search --args @query.json --timeout 10s --json',
  ]
  static override readonly args = {name: Args.string({description: 'name, as tools list shows it', required: true})}
  static override readonly flags = {
    args: Flags.string({description: 'arguments: JSON of an object, @FILE, or - for stdin', default: '{}'}),
    timeout: Flags.string({description: 'how long to wait, such as 10s', default: '60s'}),
    'key-env': Flags.string({description: 'variable that holds an API key or token', helpValue: 'NAME'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ToolsCall)
    const {parseDuration} = await import('../../shared/duration.ts')
    const timeoutMs = parseDuration(flags.timeout)
    if (timeoutMs === undefined || timeoutMs <= 0)
      throw new AppError('BAD_SETTING', `--timeout ${JSON.stringify(flags.timeout)} is no duration such as 10s`, {
        exitCode: exitCode.usage,
      })
    const {callTool} = await import('../../cli/tools-call.ts')
    const {keyFromEnv} = await import('../../cli/proxy-client.ts')
    await callTool({name: args.name, args: flags.args, timeoutMs, key: keyFromEnv(flags['key-env']), json: flags.json})
  }
}
