import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'

export default class CacheClear extends BaseCommand {
  static override readonly summary = 'forget kept answers, on all instances that share them'
  static override readonly examples = ['<%= config.bin %> cache clear --server github --yes']
  static override readonly flags = {
    server: Flags.string({description: 'only the answers of the server of this id'}),
    yes: Flags.boolean({char: 'y', description: 'do not ask'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(CacheClear)
    const {clearCache} = await import('../../cli/cache-clear.ts')
    await clearCache(flags)
  }
}
