import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'

export default class AuthCert extends BaseCommand {
  static override readonly summary =
    'what a certificate is good for: validity, chain, names, and whether a key is its own'
  static override readonly examples = [
    '<%= config.bin %> auth cert server.pem --ca ca.pem --key server.key --host mcp.example.com',
  ]
  static override readonly args = {
    file: Args.string({description: 'certificate or chain, PEM or DER', required: true}),
  }
  static override readonly flags = {
    ca: Flags.string({description: 'file with the CA certificates that the chain has to lead to'}),
    key: Flags.string({description: 'file of the private key'}),
    host: Flags.string({description: 'name or address that clients connect to'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(AuthCert)
    const {printCertificate} = await import('../../cli/auth-certificate.ts')
    printCertificate({file: args.file, ca: flags.ca, key: flags.key, host: flags.host, json: flags.json})
  }
}
