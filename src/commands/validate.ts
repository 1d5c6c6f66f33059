import {styleText} from 'node:util'
import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {printJson, printLine} from '../cli/output.ts'

export default class Validate extends BaseCommand {
  static override readonly summary = 'check a configuration file and show what is wrong, where, and what to write'
  static override readonly examples = [
    '<%= config.bin %> validate config.yaml',
    '<%= config.bin %> validate --strict --verbose config.yaml',
    '<%= config.bin %> validate --strict --test-connections --format sarif config.yaml > problems.sarif',
  ]
  static override readonly args = {
    file: Args.string({description: 'configuration file; without it the one that start would take'}),
  }
  static override readonly flags = {
    strict: Flags.boolean({
      description:
        'also what the file names on this machine: commands, folders, keys, certificates, ports; warnings are errors, other spellings are warnings',
    }),
    'test-connections': Flags.boolean({description: 'also start or connect each server once, and ask for its tools'}),
    verbose: Flags.boolean({
      description: 'also how the file was found, what was looked at, and the addresses, folders and servers in effect',
    }),
    format: Flags.option({
      options: ['text', 'json', 'sarif'] as const,
      default: 'text' as const,
      description: 'sarif: for code hosts and editors',
    })(),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Validate)
    const format = flags.json ? 'json' : flags.format
    const {validateFile} = await import('../cli/validate-file.ts')
    const {exitCodeOf} = await import('../config/loaded-config.ts')
    const {loaded, how, checked} = await validateFile({
      file: args.file,
      strict: flags.strict,
      testConnections: flags['test-connections'],
      document: format !== 'text',
    })
    const {problems} = loaded
    process.exitCode = exitCodeOf(problems)
    if (format === 'json') {
      const {problemJson} = await import('../config/problem.ts')
      return printJson({valid: loaded.ok, problems: problems.map(problemJson)})
    }
    if (format === 'sarif') {
      const {sarifOf} = await import('../config/sarif.ts')
      return printLine(JSON.stringify(sarifOf(problems, this.config.version), null, 2))
    }
    const {effectiveLines, validationLines} = await import('../config/validation-text.ts')
    const {safeText} = await import('../shared/safe-text.ts')
    if (flags.verbose && how !== undefined) for (const line of effectiveLines(loaded, how, process.env)) printLine(line)
    if (flags.verbose) for (const line of checked) printLine(`checked   ${safeText(line)}`)
    for (const line of validationLines(loaded, (style, text) => styleText(style, text))) printLine(line)
  }
}
