import type {MetricsGroup} from './input.ts'

/** Rows of the request log, where there is one. */
export const requestLogMetrics: MetricsGroup = (page, {snapshot: {requestLog: log}}) => {
  if (log === undefined) return
  page.family('only1mcp_request_log_rows_total', 'counter', 'Rows of the request log by what became of them.')
  page.sample({result: 'written'}, log.written)
  page.sample({result: 'dropped'}, log.dropped)
  page.sample({result: 'spooled'}, log.spooledTotal)
  page.single('only1mcp_request_log_spool_rows', 'gauge', 'Rows that wait on disk for the database.', log.spooled)
}
