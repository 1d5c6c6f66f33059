import {BaseCommand} from '../cli/base-command.ts'
import {printLine} from '../cli/output.ts'

export default class Stop extends BaseCommand {
  static override readonly summary = 'stop the runtime: requests in flight may end, then all children are ended'

  override async run(): Promise<void> {
    await this.parse(Stop)
    const {stopInstance} = await import('../cli/stop-instance.ts')
    printLine(await stopInstance())
  }
}
