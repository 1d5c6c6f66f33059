/**
 * One change that can be seen beforehand, checked, and taken back. Recovery is made of the same steps.
 * `precheck` says why it must not be done now (things have changed since it was planned); null when it may.
 */
export interface Step {
  readonly id: string
  /** What it will do, to what: a sentence for the plan. */
  readonly describe: string
  /** More than a yes to all is needed: somebody else's process is ended. */
  readonly grave: boolean
  precheck(): Promise<string | null>
  apply(): Promise<void>
  /** Why it did not have the effect that it should; null when it did. */
  verify(): Promise<string | null>
  /** Puts back what was there; undefined where nothing can be put back. */
  readonly undo: (() => Promise<void>) | undefined
}

export interface StepOutcome {
  readonly id: string
  readonly describe: string
  readonly state: 'done' | 'refused' | 'failed' | 'undone'
  readonly why: string | null
}

/** Looks once more, changes, looks whether it helped, and takes it back if not. Never rejects. */
export async function carryOut(step: Step): Promise<StepOutcome> {
  const {id, describe} = step
  const outcome = (state: StepOutcome['state'], why: string | null): StepOutcome => ({id, describe, state, why})
  let applied = false
  try {
    const refusal = await step.precheck()
    if (refusal !== null) return outcome('refused', refusal)
    applied = true
    await step.apply()
    const fault = await step.verify()
    if (fault === null) return outcome('done', null)
    return await takeBack(step, outcome, fault)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return applied ? takeBack(step, outcome, why) : outcome('refused', why)
  }
}

async function takeBack(
  {undo}: Step,
  outcome: (state: StepOutcome['state'], why: string | null) => StepOutcome,
  fault: string,
): Promise<StepOutcome> {
  if (undo === undefined) return outcome('failed', fault)
  try {
    await undo()
    return outcome('undone', fault)
  } catch (error) {
    return outcome(
      'failed',
      `${fault}; and it could not be taken back: ${error instanceof Error ? error.message : error}`,
    )
  }
}
