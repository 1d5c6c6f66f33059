import type {MetricsGroup} from './input.ts'

const breakerNumber = {closed: 0, open: 1, half_open: 2} as const

/** Breakers, probes and queues of the servers. */
export const resilienceMetrics: MetricsGroup = (page, {snapshot: {servers}}) => {
  page.family('only1mcp_circuit_breaker_state', 'gauge', '0 closed, 1 open, 2 half-open.')
  for (const {id, breaker} of servers) if (breaker) page.sample({server_id: id}, breakerNumber[breaker.state])
  page.family(
    'only1mcp_circuit_breaker_transitions_total',
    'counter',
    'Changes of a breaker by the state it went into.',
  )
  for (const {id, breaker} of servers) {
    for (const to of ['open', 'half_open', 'closed'] as const)
      if (breaker) page.sample({server_id: id, to}, breaker.transitions[to])
  }
  page.family('only1mcp_health_check_total', 'counter', 'Health probes by result.')
  for (const {id, probe} of servers) {
    page.sample({server_id: id, result: 'success'}, probe?.successes ?? 0)
    page.sample({server_id: id, result: 'failure'}, probe?.failures ?? 0)
  }
  page.family('only1mcp_backend_queued', 'gauge', 'Calls that wait for their turn at a server.')
  for (const {id, queued} of servers) page.sample({server_id: id}, queued ?? 0)
}
