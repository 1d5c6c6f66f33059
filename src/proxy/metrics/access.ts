import type {MetricsGroup} from './input.ts'

/** Who was not let in, and who came too often. */
export const accessMetrics: MetricsGroup = (page, {gate}) => {
  page.single('only1mcp_rate_limit_exceeded_total', 'counter', 'Requests over a limit.', gate?.limited ?? 0)
  page.family('only1mcp_auth_failures_total', 'counter', 'Requests whose credentials were missing or not good.')
  for (const [kind, count] of gate?.failures ?? []) page.sample({reason: kind}, count)
}
