import {BaseCommand, jsonFlag} from '../../cli/base-command.ts'
import {printJson, printLine} from '../../cli/output.ts'

export default class CacheStats extends BaseCommand {
  static override readonly summary = 'how many answers came from the cache, by method, and what it holds'
  static override readonly flags = {json: jsonFlag}

  override async run(): Promise<void> {
    const {flags} = await this.parse(CacheStats)
    const {instanceSnapshot} = await import('../../cli/instance.ts')
    const {cacheStatsDocument, cacheStatsText} = await import('../../cli/cache-stats.ts')
    const document = cacheStatsDocument(await instanceSnapshot())
    if (flags.json) printJson(document)
    else printLine(cacheStatsText(document))
  }
}
