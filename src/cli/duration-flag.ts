import {Errors, Flags} from '@oclif/core'
import {parseDuration} from '../shared/duration.ts'

/** A flag such as `--timeout 30s`; milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'DURATION',
  parse: async text => {
    const ms = parseDuration(text)
    if (ms !== undefined && ms > 0) return ms
    throw new Errors.CLIError(`expected a duration such as 500ms or 30s, found ${JSON.stringify(text)}`, {exit: 2})
  },
})
