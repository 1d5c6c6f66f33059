import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'

export default class AuthInspect extends BaseCommand {
  static override readonly summary = 'what a token says, when it expires, and whether this configuration would take it'
  static override readonly description =
    'Reads the token (or API key) from stdin or from a variable, never from the command line, where every user of the host sees it.'
  static override readonly examples = [
    '<%= config.bin %> auth inspect --env OAUTH_TOKEN',
    'pbpaste | <%= config.bin %> auth inspect --config config.yaml --json',
  ]
  static override readonly args = {
    token: Args.string({
      hidden: true,
      ignoreStdin: true,
      description: 'refused: it is only here to be told so, and not repeated',
    }),
  }
  static override readonly flags = {
    env: Flags.string({description: 'name of the variable that holds the token'}),
    config: Flags.string({description: 'configuration with the keys to verify it with'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(AuthInspect)
    const {inspectCredential, refuseArgument} = await import('../../cli/auth-inspect.ts')
    if (args.token !== undefined) refuseArgument()
    await inspectCredential({env: flags.env, config: flags.config, json: flags.json})
  }
}
