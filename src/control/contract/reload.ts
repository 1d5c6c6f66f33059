import {z} from 'zod'

/** What has a configuration read anew: the file changed, a signal came, an operator asked. */
export const reloadTriggers = ['file', 'signal', 'command'] as const
export type ReloadTrigger = (typeof reloadTriggers)[number]

/** One thing that is wrong with a configuration file, as `validate --json` tells it, with its frame. */
export const configProblem = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  path: z.string(),
  suggestion: z.string().nullable(),
  frame: z.array(z.string()).readonly(),
  related: z
    .array(
      z.object({
        message: z.string(),
        line: z.number().int(),
        column: z.number().int(),
        frame: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
})

/** What became of one attempt to take the configuration file anew. */
export const reloadReport = z.object({
  ok: z.boolean(),
  trigger: z.enum(reloadTriggers),
  /** false where the file is the one in force already. */
  changed: z.boolean(),
  message: z.string(),
  path: z.string(),
  /** Of what is in force afterwards. */
  sha256: z.string(),
  generation: z.number().int(),
  durationMs: z.number(),
  servers: z.object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    /** Another process or endpoint took their place. */
    changed: z.array(z.string()),
    /** They go on with other settings. */
    adjusted: z.array(z.string()),
    kept: z.array(z.string()),
  }),
  needsRestart: z.array(z.string()),
  problems: z.array(configProblem),
})
export type ReloadReport = z.infer<typeof reloadReport>
