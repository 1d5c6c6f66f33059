import type {MetricsGroup} from './input.ts'

export const runtimeMetrics: MetricsGroup = (page, {snapshot, logLinesLost, nodeVersion}) => {
  page.single('only1mcp_sessions', 'gauge', 'Open sessions of legacy clients.', snapshot.sessions)
  page.single('only1mcp_tools', 'gauge', 'Tools that clients see.', snapshot.tools)
  const lag = 'How late timers run: 99th percentile of the last seconds.'
  page.single('only1mcp_event_loop_lag_seconds', 'gauge', lag, snapshot.process.loopLagMs / 1000)
  page.single('only1mcp_log_lines_lost_total', 'counter', 'Log lines lost to a full or slow disk.', logLinesLost)
  page.family('only1mcp_build_info', 'gauge', 'Always 1; the version is in the labels.')
  page.sample({version: snapshot.version, node: nodeVersion, instance: snapshot.instance}, 1)
}
