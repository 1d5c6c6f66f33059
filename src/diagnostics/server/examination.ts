import type {ExitCode} from '../../shared/exit-code.ts'
import type {Finding} from '../runner.ts'

/** How one step came out on one way to the server. `skip`: not done, and the summary says because of what. */
export const sideStatuses = ['ok', 'warn', 'fail', 'skip'] as const
export type SideStatus = (typeof sideStatuses)[number]

/** One step on one way: directly, or through the proxy. */
export interface StepSide {
  readonly status: SideStatus
  readonly ms: number | null
  readonly summary: string
  readonly details: readonly string[]
  /** The figures behind the words. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface Step {
  readonly id: string
  readonly title: string
  readonly direct: StepSide
  readonly proxied: StepSide
  /** What the proxy adds or loses; null where there is nothing to tell, or one side was not seen. */
  readonly difference: string | null
}

export interface ServerExamination {
  readonly server: {
    readonly id: string
    readonly transport: string
    readonly enabled: boolean | null
    readonly status: string | null
    /** `file:line` of its entry. */
    readonly place: string | null
  }
  readonly verdict: string
  readonly steps: readonly Step[]
  /** What the doctor's checks say of this server alone; healthy ones are left out. */
  readonly findings: readonly Finding[]
  readonly exitCode: ExitCode
  readonly ms: number
}

interface More {
  readonly ms?: number | null
  readonly details?: readonly string[]
  readonly data?: Readonly<Record<string, unknown>>
}

const side =
  (status: SideStatus) =>
  (summary: string, {ms = null, details = [], data = {}}: More = {}): StepSide => ({status, ms, summary, details, data})

export const ok = side('ok')
export const odd = side('warn')
export const bad = side('fail')

/** @param why completes "skipped: because …" */
export function skipped(why: string): StepSide {
  return side('skip')(`skipped: because ${why}`)
}
