/**
 * What holds where a whole section is not in the file. Plain values beside the schema that uses them: the runtime reads
 * them without loading the schema's library.
 */
export const loadBalancerDefaults = {
  algorithm: 'round_robin',
  virtual_nodes: 150,
  slow_start: 30_000,
  session_affinity: true,
} as const

export const connectionPoolDefaults = {
  max_per_backend: 100,
  max_queue: 1_000,
  min_idle: 0,
  max_idle_time_ms: 300_000,
  validation_interval: 60_000,
} as const
