import {z} from 'zod'
import {parseBytes} from '../../shared/bytes.ts'
import {parseDuration} from '../../shared/duration.ts'

declare module 'zod' {
  interface GlobalMeta {
    /** The value, or each value of a map, is a secret: never printed, logged or collected. */
    readonly secret?: boolean
    /** What a bare number would be read as: a bare `30` for 30 seconds is a common slip. */
    readonly unit?: 'ms'
  }
}

// A message never holds the value: it may come from a variable. The loader adds what the file says.
const durationMessage = 'expected a duration such as 30s, 500ms or 2m'
const sizeMessage = 'expected a size such as 4MiB or 512KB'

/** `30s`, `5m`, or a number of milliseconds; milliseconds after parsing. */
export const duration = z
  .union([z.number().nonnegative(), z.string()], {error: durationMessage})
  .transform((value, ctx) => {
    const ms = typeof value === 'number' ? value : parseDuration(value)
    if (ms !== undefined) return ms
    ctx.addIssue({code: 'custom', message: durationMessage})
    return z.NEVER
  })
  .meta({unit: 'ms'})

/** `4MiB`, `512KB`, or a number of bytes; bytes after parsing. */
export const size = z
  .union([z.number().int().nonnegative(), z.string()], {error: sizeMessage})
  .transform((value, ctx) => {
    const bytes = typeof value === 'number' ? value : parseBytes(value)
    if (bytes !== undefined) return bytes
    ctx.addIssue({code: 'custom', message: sizeMessage})
    return z.NEVER
  })

export const port = z.number().int().min(0).max(65_535).describe('a TCP port; 0 lets the system choose')

export const count = z.number().int().positive()

export const name = z.string().min(1)

/** A share between 0 and 1. */
export const share = z.number().min(0).max(1)

/** Text that must never be shown. */
export const secret = z.string().min(1).meta({secret: true})

export const httpUrl = z.url({protocol: /^https?$/, error: 'expected an http:// or https:// URL'})
