import type {MetricsGroup} from './input.ts'

export const backendMetrics: MetricsGroup = (page, {snapshot, backends}) => {
  page.family('only1mcp_backend_up', 'gauge', '1 while a server serves calls.')
  for (const {id, status} of snapshot.servers) page.sample({server_id: id}, status === 'up' ? 1 : 0)
  page.family('only1mcp_backend_restarts_total', 'counter', 'Times that a server was lost.')
  for (const {id, restarts} of snapshot.servers) page.sample({server_id: id}, restarts)
  page.family('only1mcp_backend_errors_total', 'counter', 'Failures of a server by kind.')
  for (const {id, failures} of backends) {
    for (const [kind, count] of failures) page.sample({server_id: id, error_type: kind}, count)
  }
  page.family('only1mcp_backend_latency_seconds', 'histogram', 'From sending a call to a server to its answer.')
  for (const {id, latency} of backends) if (latency.count > 0) page.histogram({server_id: id}, latency)
  page.family('only1mcp_backend_active_requests', 'gauge', 'Calls that a server has not answered yet.')
  for (const {id, inFlight} of snapshot.servers) page.sample({server_id: id}, inFlight)
  const children = snapshot.servers.filter(({transport, pid}) => transport === 'stdio' && pid !== null).length
  page.single('only1mcp_children', 'gauge', 'Running server processes.', children)
}
