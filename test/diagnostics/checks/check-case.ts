import type {Check, FindingStatus} from '../../../src/diagnostics/check.ts'
import type {World} from '../world.ts'

/** One world, and what a check says of it. */
export interface CheckCase {
  /** Completes "says … when". */
  readonly when: string
  readonly world: World
  readonly status: FindingStatus
  readonly subject?: string
  /** Stands in the summary. */
  readonly summary: string
  /** Stands in one of the evidence lines. */
  readonly evidence?: string
  /** Stands in the remedy. */
  readonly remedy?: string
}

export interface CheckCases {
  readonly check: Check
  /** The first failing one is what the check is for: its summary holds the heading of the docs. */
  readonly failing: readonly CheckCase[]
  readonly passing: readonly CheckCase[]
  /** Neither: it could not look, or has something to tell. */
  readonly between?: readonly CheckCase[]
}
