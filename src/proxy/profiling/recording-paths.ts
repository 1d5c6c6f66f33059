/** Files that a recording of the whole run goes to. */
export interface RecordingPaths {
  readonly cpu?: string | undefined
  readonly mem?: string | undefined
  readonly trace?: string | undefined
}
