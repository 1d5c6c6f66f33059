import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {durationFlag} from '../../cli/duration-flag.ts'
import {printJson, printLine} from '../../cli/output.ts'
import {exitCode} from '../../shared/exit-code.ts'

export default class ToolsCall extends BaseCommand {
  static override readonly summary = 'call a tool through the running proxy, as a client does'
  static override readonly description =
    'Exit status: 0 the tool answered, 1 it answered with an error, 3 no runtime, 4 no answer in time.'
  static override readonly examples = [
    `<%= config.bin %> tools call files__read_file --args '{"path": "/srv/a.txt"}'`,
    '<%= config.bin %> tools call search__query --args @query.json --key-env MY_KEY --json',
  ]
  static override readonly args = {
    name: Args.string({required: true, description: 'name of the tool, as tools list shows it'}),
  }
  static override readonly flags = {
    args: Flags.string({default: '{}', description: 'arguments: a JSON object, @FILE, or - for stdin'}),
    'key-env': Flags.string({description: 'name of the environment variable that holds an API key or token'}),
    timeout: durationFlag({default: 60_000, description: 'how long to wait, such as 30s'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(ToolsCall)
    const {callTool, toolCallLines} = await import('../../cli/tool-call.ts')
    const done = await callTool({
      name: args.name,
      args: flags.args,
      keyEnv: flags['key-env'],
      timeoutMs: flags.timeout,
    })
    if (!done.ok) process.exitCode = exitCode.findings
    if (flags.json) return printJson(done)
    for (const line of toolCallLines(done)) printLine(line)
  }
}
