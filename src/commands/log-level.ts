import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {printJson, printLine} from '../cli/output.ts'

export default class LogLevel extends BaseCommand {
  static override readonly summary = 'show or change what the running runtime logs, until it is restarted'
  static override readonly examples = [
    '<%= config.bin %> log-level',
    '<%= config.bin %> log-level debug',
    '<%= config.bin %> log-level only1mcp::proxy=trace,only1mcp::backend=debug',
    '<%= config.bin %> log-level --reset',
  ]
  static override readonly args = {
    filter: Args.string({
      description: 'a level, or levels by module; modules alone are added to what holds now',
    }),
  }
  static override readonly flags = {
    reset: Flags.boolean({description: 'go back to what the runtime was started with (first)'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(LogLevel)
    const {setLogLevel} = await import('../cli/set-log-level.ts')
    const document = await setLogLevel(args.filter, flags.reset)
    if (flags.json) printJson(document)
    else printLine(`log level: ${document.filter}${document.was === undefined ? '' : ` (was ${document.was})`}`)
  }
}
