import {homedir} from 'node:os'
import {styleText} from 'node:util'
import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'
import {printJson, printLine} from '../cli/output.ts'

export default class Validate extends BaseCommand {
  static override readonly summary = 'check a configuration file and show what is wrong, where, and what to write'
  static override readonly examples = [
    '<%= config.bin %> validate config.yaml',
    '<%= config.bin %> validate --strict --verbose config.yaml',
  ]
  static override readonly args = {
    file: Args.string({description: 'configuration file; without it the one that start would take'}),
  }
  static override readonly flags = {
    strict: Flags.boolean({description: 'a server that cannot be used is an error, other spellings are warnings'}),
    verbose: Flags.boolean({
      description: 'also how the file was found, and the addresses, folders and servers in effect',
    }),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Validate)
    const {configNotFound, discoverConfig} = await import('../config/discover.ts')
    const {loadConfig, notFound} = await import('../config/load.ts')
    const {exitCodeOf} = await import('../config/loaded-config.ts')
    const {problemJson} = await import('../config/problem.ts')
    const {env} = process
    const place = discoverConfig({flag: args.file, env, cwd: process.cwd(), home: homedir()})
    if ('tried' in place && !flags.json) throw configNotFound(place.tried)
    const loaded = 'tried' in place ? notFound(place.tried) : loadConfig(place.found, {env, strict: flags.strict})
    process.exitCode = exitCodeOf(loaded.problems)
    if (flags.json) return printJson({valid: loaded.ok, problems: loaded.problems.map(problemJson)})
    const {effectiveLines, validationLines} = await import('../config/validation-text.ts')
    if (flags.verbose && 'found' in place) for (const line of effectiveLines(loaded, place.how, env)) printLine(line)
    for (const line of validationLines(loaded, (style, text) => styleText(style, text))) printLine(line)
  }
}
