import {z} from 'zod'

const offeredEntry = z.object({
  /** The server's own name or URI of it. */
  key: z.string(),
  /** As the server described it, as JSON; tools only. */
  definition: z.string().optional(),
  /** What it is called where nothing is in the way; null where a rule of the configuration withholds it. */
  wanted: z.string().nullable(),
  /** What clients call it; null where it is not offered. */
  exposed: z.string().nullable(),
  /** The server that has the wanted name, where that is another one. */
  takenBy: z.string().nullable(),
  /**
   * Why it is not in the list: a rule, a name that cannot be had (too long, bad characters, taken), or it only stands
   * in for another server's; null where it is in the list.
   */
  hidden: z.enum(['rule', 'name', 'spare']).nullable(),
})
export type OfferedEntry = z.infer<typeof offeredEntry>

/** What one server lists, and what clients see of it. */
export const serverLists = z.object({
  serverId: z.string(),
  /** false: the server has not told yet, all lists are empty. */
  known: z.boolean(),
  /** The lists are from before the server went away. */
  stale: z.boolean(),
  tools: z.array(offeredEntry),
  prompts: z.array(offeredEntry),
  resources: z.array(offeredEntry),
  templates: z.array(offeredEntry),
})
export type ServerLists = z.infer<typeof serverLists>
