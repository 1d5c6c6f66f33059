import type {Config} from '../../config/schema.ts'
import type {LogFilter} from '../../shared/log-filter.ts'
import type {LogFormat} from '../../shared/log-line.ts'
import type {LogRotation} from '../../shared/log-rotator.ts'

/** What of the logs a reload can change. */
export interface LogSettings {
  readonly filter: LogFilter
  /** Undefined where somebody else rotates. */
  readonly rotation?: LogRotation | undefined
  readonly format: LogFormat
}

/** As the configuration says it. */
export function logSettings({level, modules = {}, format, rotation}: Config['observability']['logging']): LogSettings {
  const {enabled, max_size: maxBytes, max_age: maxAgeMs, keep} = rotation
  return {filter: {level, modules}, format, rotation: enabled ? {maxBytes, maxAgeMs, keep} : undefined}
}
