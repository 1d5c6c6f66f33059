import type {MetricsGroup} from './input.ts'

export const reloadMetrics: MetricsGroup = (page, {snapshot: {config}}) => {
  const {taken = 0, refused = 0} = config.reloads ?? {}
  page.single('only1mcp_config_reload_total', 'counter', 'Times that another configuration came into force.', taken)
  page.single('only1mcp_config_reload_errors_total', 'counter', 'Times that a file was refused.', refused)
  page.single(
    'only1mcp_config_generation',
    'gauge',
    'Which configuration since the start is in force.',
    config.generation ?? 1,
  )
}
