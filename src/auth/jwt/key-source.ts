import type {KeySet} from './key-set.ts'

/** Where keys come from, for consoles and checks. */
export interface KeySourceState {
  /** `file` or `url`, and which. */
  readonly from: string
  readonly keys: number
  /** ISO-8601 UTC of the last good read. */
  readonly readAt: string | null
  /** Why the last attempt failed; null when it did not. */
  readonly error: string | null
}

/** Public keys that may change while we run. */
export interface KeySource {
  /** Another number when the keys are others: what was verified before has to be verified again. */
  readonly generation: number
  /** @param missing the keys that there were did not hold this token's */
  keys(missing: boolean): Promise<KeySet | undefined>
  readonly state: KeySourceState
}
