import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'

export default class AuthRefresh extends BaseCommand {
  static override readonly summary = 'get a token for a server once, and say when it expires'
  static override readonly examples = ['<%= config.bin %> auth refresh github']
  static override readonly args = {
    server: Args.string({description: 'id of a server with auth.oauth', required: true}),
  }
  static override readonly flags = {
    config: Flags.string({description: 'configuration file; without it the one that start would take'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(AuthRefresh)
    const {refreshServerToken} = await import('../../cli/auth-refresh.ts')
    await refreshServerToken({server: args.server, config: flags.config, json: flags.json})
  }
}
