import type {Config} from '../config/schema.ts'
import type {RecordingPaths} from './profiling/recording-paths.ts'
import type {ConfigSource} from './reload/config-source.ts'

/** What a runtime is started with. */
export interface RuntimeOptions {
  readonly config: Config
  readonly configPath: string | null
  readonly configSha256: string
  /** Exact values that must never be shown. */
  readonly secrets: readonly string[]
  readonly stateDir: string
  readonly logDir: string
  readonly version: string
  readonly argv: readonly string[]
  /** Where the configuration is read anew; without it the one it was started with stays. */
  readonly source?: ConfigSource
  /** Files that are recorded into from the start on. */
  readonly recordings?: RecordingPaths
}
