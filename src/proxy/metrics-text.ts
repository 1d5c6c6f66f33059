import {metricsGroups} from './metrics/catalogue.ts'
import type {MetricsInput} from './metrics/input.ts'
import {MetricsPage} from './metrics/page.ts'

/** The runtime's state in Prometheus' text format 0.0.4. */
export function metricsText(input: MetricsInput): string {
  const page = new MetricsPage()
  for (const group of metricsGroups) group(page, input)
  return page.text
}
