import {Args, Flags} from '@oclif/core'
import {BaseCommand, jsonFlag} from '../cli/base-command.ts'

export default class Explain extends BaseCommand {
  static override readonly summary = 'what a code, a check, an error message or a request is about, and what to do'
  static override readonly description =
    'Takes an error code (-32003, "HTTP 429", "exit 3"), the id of a check or how it begins (tls.), any error message or pasted log line or JSON body ("-" reads it from stdin), and the id of a request or trace, whose story it reads from the logs, the request log and the running runtime.'
  static override readonly examples = [
    '<%= config.bin %> explain -32003',
    '<%= config.bin %> explain tls.certificate',
    '<%= config.bin %> explain "connect ECONNREFUSED 127.0.0.1:8080"',
    'tail -1 error.log | <%= config.bin %> explain -',
    '<%= config.bin %> explain 4b1d09c2-17',
  ]
  static override readonly args = {
    what: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'code, check id, message, request id, or - for stdin',
    }),
  }
  static override readonly flags = {
    list: Flags.boolean({description: 'list what can be explained'}),
    config: Flags.string({description: 'configuration file, which tells where logs lie', helpValue: 'FILE'}),
    json: jsonFlag,
  }

  override async run(): Promise<void> {
    const {args, flags} = await this.parse(Explain, withoutNegativeFlags(this.argv))
    const {explainThing, listExplanations} = await import('../cli/explain.ts')
    if (flags.list) return listExplanations(flags.json)
    await explainThing({words: args.what ?? [], configFlag: flags.config, json: flags.json})
  }
}

/** `-32003`, and a message that begins with it, are no flags. */
function withoutNegativeFlags(argv: readonly string[]): string[] {
  if (argv.includes('--')) return [...argv]
  const negative = (word: string): boolean => /^[-\u2212]\d/.test(word)
  if (!argv.some(negative)) return [...argv]
  const options = new Set(['--list', '--json'])
  const flags: string[] = []
  const words: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--config') flags.push(word, argv[++at] ?? '')
    else if (options.has(word) || word.startsWith('--config=')) flags.push(word)
    else words.push(word)
  }
  return [...flags, '--', ...words]
}
