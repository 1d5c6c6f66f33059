import type {LoadedConfig} from '../../config/loaded-config.ts'

/** Where a runtime's configuration comes from. */
export interface ConfigSource {
  readonly path: string
  /** Reads it as it was read for the start: with the same variables, and what the command line said laid over it. */
  load(): Promise<LoadedConfig>
}
