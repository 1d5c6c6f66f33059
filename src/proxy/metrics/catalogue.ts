import {accessMetrics} from './access.ts'
import {backendMetrics} from './backends.ts'
import {cacheMetrics} from './cache.ts'
import type {MetricsGroup} from './input.ts'
import {processMetrics} from './process.ts'
import {reloadMetrics} from './reload.ts'
import {requestLogMetrics} from './request-log.ts'
import {requestMetrics} from './requests.ts'
import {resilienceMetrics} from './resilience.ts'
import {runtimeMetrics} from './runtime-state.ts'
import {sharedStateMetrics} from './shared-state.ts'

/** Everything on the page, in this order. New figures: a file with a group, and a line here. */
export const metricsGroups: readonly MetricsGroup[] = [
  requestMetrics,
  backendMetrics,
  resilienceMetrics,
  accessMetrics,
  cacheMetrics,
  requestLogMetrics,
  reloadMetrics,
  sharedStateMetrics,
  runtimeMetrics,
  processMetrics,
]
