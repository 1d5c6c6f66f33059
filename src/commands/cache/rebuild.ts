import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'

export default class CacheRebuild extends BaseCommand {
  static override readonly summary = 'forget kept answers, and read the lists of all servers anew'
  static override readonly flags = {
    yes: Flags.boolean({char: 'y', description: 'do not ask'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(CacheRebuild)
    const {rebuildCache} = await import('../../cli/cache-clear.ts')
    await rebuildCache(flags)
  }
}
