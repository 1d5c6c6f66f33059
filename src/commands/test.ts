import {Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {durationFlag} from '../cli/duration-flag.ts'
import type {SuiteName} from '../diagnostics/suites/suites.ts'

/** Without --suite. Load is sent only where it is asked for. */
const usual = ['integrity', 'connectivity', 'security'] as const satisfies readonly SuiteName[]

export default class Test extends BaseCommand {
  static override readonly summary =
    'test this installation: what is kept, what is reached, who comes in, how fast it is'
  static override readonly description =
    'Without --suite: all but performance, which calls a tool many times. Exit status: 0 all well (warnings too), 1 a case failed, 2 wrong usage, 3 a suite could see nothing, 4 cases were only late.'
  static override readonly examples = [
    '<%= config.bin %> test',
    '<%= config.bin %> test --suite integrity',
    '<%= config.bin %> test --suite connectivity --suite security --format junit',
    `<%= config.bin %> test --suite performance --tool files__read_file --args '{"path": "/srv/a.txt"}' --duration 10s`,
  ]
  static override readonly flags = {
    suite: Flags.option({
      options: [...usual, 'performance'] as const,
      multiple: true,
      delimiter: ',',
      description: 'which suite; several are allowed',
    })(),
    tool: Flags.string({
      description: 'performance: the tool to call, as tools list shows it; else one that only reads',
    }),
    args: Flags.string({description: 'performance: its arguments, as JSON', dependsOn: ['tool']}),
    duration: durationFlag({default: 5000, description: 'performance: how long, such as 5s'}),
    concurrency: Flags.integer({min: 1, max: 128, default: 8, description: 'performance: calls at once'}),
    rate: Flags.integer({
      min: 1,
      max: 100_000,
      description: 'performance: calls a second; else as many as there can be',
    }),
    timeout: durationFlag({default: 30_000, description: 'performance: how long one call may take'}),
    yes: Flags.boolean({description: 'performance: also call a tool that says that it destroys, without asking'}),
    'key-env': Flags.string({description: 'name of the environment variable that holds an API key or token'}),
    total: durationFlag({default: 60_000, description: 'the other suites: all is over by then'}),
    format: Flags.option({options: ['pretty', 'json', 'junit'] as const, description: 'how to print the report'})(),
    config: Flags.string({description: 'configuration file', helpValue: 'FILE'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {flags} = await this.parse(Test)
    const suites: readonly SuiteName[] = flags.suite ?? usual
    if (flags.tool !== undefined && !suites.includes('performance'))
      this.error('--tool belongs to --suite performance', {exit: 2})
    const {runTests} = await import('../cli/run-tests.ts')
    const {jsonObject} = await import('../cli/json-object.ts')
    process.exitCode = await runTests({
      suites,
      format: flags.format ?? (flags.json ? 'json' : 'pretty'),
      configFlag: flags.config,
      totalMs: flags.total,
      load: {
        tool: flags.tool,
        args: jsonObject(flags.args ?? '{}'),
        durationMs: flags.duration,
        concurrency: flags.concurrency,
        rate: flags.rate ?? null,
        timeoutMs: flags.timeout,
        keyEnv: flags['key-env'],
        yes: flags.yes,
      },
    })
  }
}
