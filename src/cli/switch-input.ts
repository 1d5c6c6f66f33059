import {Args, Flags} from '@oclif/core'
import {jsonFlag} from './base-command.ts'

/** What `config enable` and `config disable` are told. */
export const switchArgs = {
  key: Args.string({
    required: true,
    description:
      'cache, auth, rate_limit, request_log, compression, metrics, tracing, profiling, batching, or the id of a server (server:ID where it has such a name)',
  }),
}

export const switchFlags = {
  config: Flags.string({char: 'c', description: 'configuration file; without it the one that start would take'}),
  'dry-run': Flags.boolean({description: 'show what would change, and write nothing'}),
  json: jsonFlag,
}
