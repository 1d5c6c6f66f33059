import type {MetricsGroup} from './input.ts'

export const requestMetrics: MetricsGroup = (page, {snapshot, requests}) => {
  page.family('only1mcp_requests_total', 'counter', 'Requests by method, outcome and server.')
  for (const {method, status, serverId, count} of requests.counts)
    page.sample({method, status, server_id: serverId}, count)
  page.family('only1mcp_request_duration_seconds', 'histogram', 'From the first byte of a request to its end.')
  for (const [method, histogram] of requests.latency) page.histogram({method}, histogram)
  const {inFlight, opened, closed} = snapshot.requests
  page.single('only1mcp_active_requests', 'gauge', 'Requests in flight.', inFlight)
  page.single('only1mcp_requests_opened_total', 'counter', 'Requests that began.', opened)
  const help = 'Requests that ended; opened less closed is in flight.'
  page.single('only1mcp_requests_closed_total', 'counter', help, closed)
}
