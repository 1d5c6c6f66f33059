import {readdirSync, readFileSync} from 'node:fs'
import type {MetricsGroup} from './input.ts'

/** What Prometheus' client libraries say of every process, under their names. */
export const processMetrics: MetricsGroup = (page, {snapshot}) => {
  page.single('process_cpu_seconds_total', 'counter', 'User and system time.', snapshot.process.cpuMs / 1000)
  page.single('process_resident_memory_bytes', 'gauge', 'Resident memory.', snapshot.process.rssBytes)
  page.single('process_heap_bytes', 'gauge', 'Used heap of the engine.', snapshot.process.heapUsedBytes)
  const startSeconds = Date.parse(snapshot.startedAt) / 1000
  page.single('process_start_time_seconds', 'gauge', 'Start, seconds since the epoch.', startSeconds)
  const open = openDescriptors()
  if (open !== undefined) page.single('process_open_fds', 'gauge', 'Open file descriptors.', open)
  const limit = descriptorLimit()
  if (limit !== undefined) page.single('process_max_fds', 'gauge', 'Limit of open file descriptors.', limit)
}

function openDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined // no /proc, or none left to open it with
  }
}

function descriptorLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return limit ? Number(limit[1]) : undefined
  } catch {
    return undefined // no /proc
  }
}
