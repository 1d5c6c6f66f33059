import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {durationFlag} from '../../cli/duration-flag.ts'

export default class DoctorServer extends BaseCommand {
  static override readonly summary = 'everything about one server, directly and through the proxy, side by side'
  static override readonly description =
    'A stdio server is started once more for the direct way and ended again: --no-direct leaves that out where two of it would quarrel over a file or a port.'
  static override readonly examples = [
    '<%= config.bin %> doctor server github',
    '<%= config.bin %> doctor server github --no-direct --json',
    `<%= config.bin %> doctor server github --tool search --args '{"query": "x"}'`,
  ]
  static override readonly args = {id: Args.string({required: true, description: 'id of the server'})}
  static override readonly flags = {
    config: Flags.string({description: 'configuration file', helpValue: 'FILE'}),
    direct: Flags.boolean({default: true, allowNo: true, description: 'also open a connection of our own to it'}),
    tool: Flags.string({description: 'also call this tool, three times on each way, by its name at the server'}),
    args: Flags.string({description: 'arguments of that tool, as JSON', dependsOn: ['tool']}),
    'key-env': Flags.string({description: 'name of the environment variable that holds an API key or token'}),
    timeout: durationFlag({default: 10_000, description: 'how long each of the two ways may take, such as 10s'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(DoctorServer)
    const {doctorServer} = await import('../../cli/doctor-server.ts')
    process.exitCode = await doctorServer({
      id: args.id,
      configFlag: flags.config,
      keyEnv: flags['key-env'],
      timeoutMs: flags.timeout,
      direct: flags.direct,
      tool: flags.tool,
      args: flags.args ?? '{}',
      json: flags.json,
    })
  }
}
