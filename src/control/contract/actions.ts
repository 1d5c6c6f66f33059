import {z} from 'zod'
import {reloadReport} from './reload.ts'

/** What an action is told beside its name: the JSON object in the body of its POST. */
export type ActionArgs = Readonly<Record<string, unknown>>

export const actionResult = z.object({
  ok: z.boolean(),
  message: z.string(),
  /** What the action made, such as a profile; base64. */
  data: z.string().optional(),
  /** Of the action `reload`. */
  reload: reloadReport.optional(),
})
export type ActionResult = z.infer<typeof actionResult>

/** One health probe, made because somebody asked. */
export const probeAnswer = z.object({
  serverId: z.string(),
  /** False too where there is no connection to ask over; `error` says so. */
  ok: z.boolean(),
  latencyMs: z.number().nullable(),
  error: z.string().nullable(),
})
export type ProbeAnswer = z.infer<typeof probeAnswer>
