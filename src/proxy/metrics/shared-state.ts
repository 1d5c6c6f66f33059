import type {MetricsGroup} from './input.ts'

export const sharedStateMetrics: MetricsGroup = (page, {snapshot: {shared, sessionsAdopted}}) => {
  page.single('only1mcp_sessions_adopted_total', 'counter', 'Sessions opened elsewhere.', sessionsAdopted ?? 0)
  if (shared === undefined) return
  page.single('only1mcp_shared_state_up', 'gauge', '1 while Redis can be reached.', shared.up ? 1 : 0)
  page.family('only1mcp_instance_messages_total', 'counter', 'Messages to and from other instances.')
  page.sample({direction: 'sent'}, shared.sent)
  page.sample({direction: 'received'}, shared.received)
}
