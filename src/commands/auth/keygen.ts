import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'

export default class AuthKeygen extends BaseCommand {
  static override readonly summary = 'make an API key: the key once, and the lines for the configuration with its hash'
  static override readonly description =
    'The key goes to whoever calls the proxy (X-API-Key, or Authorization: Bearer); the configuration holds only its hash.'
  static override readonly examples = [
    '<%= config.bin %> auth keygen --id ci --roles reader,writer',
    'openssl rand -hex 32 | <%= config.bin %> auth keygen --id ci --stdin',
  ]
  static override readonly flags = {
    id: Flags.string({description: 'who holds the key; shown in logs', default: 'default'}),
    roles: Flags.string({description: 'roles of auth.roles, with commas between', default: ''}),
    stdin: Flags.boolean({description: 'hash a key of your own, read from stdin, instead of making one'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(AuthKeygen)
    const {printNewKey} = await import('../../cli/auth-key.ts')
    const roles = flags.roles.split(',').flatMap(role => role.trim() || [])
    await printNewKey({id: flags.id, roles, own: flags.stdin, json: flags.json})
  }
}
