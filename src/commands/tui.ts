import {Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {printLine} from '../cli/output.ts'
import type {Source} from '../control/source.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'

export default class Tui extends BaseCommand {
  static override readonly summary = 'the operator console of a running proxy'
  static override readonly description =
    'Attaches to the runtime over its control socket. Read-only unless --allow-actions is given; press ? for the keys.'
  static override readonly examples = [
    '<%= config.bin %> tui',
    '<%= config.bin %> tui --once',
    '<%= config.bin %> tui --demo',
  ]
  static override readonly flags = {
    connect: Flags.string({description: 'the control socket of the runtime', helpValue: 'SOCKET', exclusive: ['demo']}),
    'allow-actions': Flags.boolean({description: 'offer actions that change the runtime, each with a question'}),
    once: Flags.boolean({description: 'print what the console would show, and end'}),
    plain: Flags.boolean({description: 'print a line for each thing that happens', exclusive: ['once']}),
    demo: Flags.boolean({description: 'show a made-up runtime: nothing has to run'}),
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Tui)
    const {env, stdin, stdout} = process
    const full = !flags.once && !flags.plain
    if (full) {
      const {refusal} = await import('../tui/term/caps.ts')
      const why = refusal({stdinIsTty: stdin.isTTY, stdoutIsTty: stdout.isTTY, term: env.TERM})
      if (why !== undefined) throw new AppError('NO_TERMINAL', why, {exitCode: exitCode.usage})
    }
    const source = await this.#source(flags.connect, flags.demo, flags['allow-actions'])
    if (full) {
      const {runTui} = await import('../tui/run.ts')
      process.exitCode = await runTui({source, stdin, stdout, env})
      return
    }
    const {printOnce, printStream} = await import('../tui/plain.ts')
    const options = {source, env, print: printLine, cols: stdout.columns ?? 120}
    await (flags.once ? printOnce(options) : printStream(options, AbortSignal.any([])))
  }

  async #source(socketPath: string | undefined, demo: boolean, allowActions: boolean): Promise<Source> {
    if (demo) {
      const {demoSource} = await import('../tui/store/source-demo.ts')
      return demoSource({allowActions})
    }
    const {consoleSource} = await import('../cli/console-source.ts')
    if (socketPath === undefined) {
      const {findInstance} = await import('../cli/instance.ts')
      return consoleSource((await findInstance()).record, allowActions)
    }
    const {ControlClient} = await import('../control/client.ts')
    const {listen, paths} = await new ControlClient(socketPath).snapshot()
    return consoleSource({socket: socketPath, ...listen, logPath: paths.logs}, allowActions)
  }
}
