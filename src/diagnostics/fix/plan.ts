import type {DoctorReport} from '../report.ts'
import type {Fix} from './fix.ts'
import {folderStep} from './folder-step.ts'
import {leftoverStep} from './leftover-step.ts'
import {modeStep} from './mode-step.ts'
import {processStep} from './process-step.ts'
import type {Step} from './step.ts'

/** A step, and the check that asked for it: that one is run again afterwards. */
export interface PlannedStep {
  readonly checkId: string
  readonly step: Step
}

/** What `--fix` would do about a report, each thing once. */
export function planFixes({findings}: DoctorReport): readonly PlannedStep[] {
  const planned = new Map<string, PlannedStep>()
  for (const {id, fix} of findings) {
    if (fix === undefined) continue
    const step = stepFor(fix)
    if (!planned.has(step.id)) planned.set(step.id, {checkId: id, step})
  }
  return [...planned.values()]
}

function stepFor(fix: Fix): Step {
  switch (fix.kind) {
    case 'mode':
      return modeStep(fix.path, fix.mode)
    case 'make-folder':
      return folderStep(fix.path)
    case 'remove-leftover':
      return leftoverStep(fix.path, fix.what)
    case 'end-process':
      return processStep(fix.pid, fix.startTicks, fix.program)
  }
}
