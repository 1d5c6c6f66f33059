import type {PlannedStep} from '../diagnostics/fix/plan.ts'
import type {DoctorReport} from '../diagnostics/report.ts'
import {safeText} from '../shared/safe-text.ts'
import {askYesOrNo, canAsk} from './ask-line.ts'
import {printNote} from './output.ts'

export interface FixOptions {
  /** `--yes`: nobody is asked. */
  readonly yes: boolean
  /** Checks that were named on the command line: only for them `--yes` ends a process. */
  readonly named: readonly string[]
}

/**
 * Shows the plan, asks, carries out what was agreed to, all on stderr.
 * @returns whether anything was done, so that looking again makes sense
 */
export async function fixFindings(report: DoctorReport, options: FixOptions): Promise<boolean> {
  const {planFixes} = await import('../diagnostics/fix/plan.ts')
  const plan = planFixes(report)
  if (plan.length === 0) {
    printNote('--fix: there is nothing that can be put right safely')
    return false
  }
  printNote('--fix can do this:')
  for (const [index, {checkId, step}] of plan.entries())
    printNote(`  ${index + 1}. ${safeText(step.describe)}  (${checkId})`)
  const agreed = await agreement(plan, options)
  if (agreed.length === 0) {
    printNote('nothing was changed')
    return false
  }
  const {carryOut} = await import('../diagnostics/fix/step.ts')
  for (const {step} of agreed) {
    const {state, why, describe} = await carryOut(step)
    printNote(`${state}: ${safeText(describe)}${why === null ? '' : `: ${safeText(why)}`}`)
  }
  return true
}

async function agreement(plan: readonly PlannedStep[], {yes, named}: FixOptions): Promise<readonly PlannedStep[]> {
  const harmless = plan.filter(({step}) => !step.grave)
  const grave = plan.filter(({step}) => step.grave)
  if (yes) {
    const meant = grave.filter(({checkId}) => named.includes(checkId))
    if (meant.length < grave.length)
      printNote('a process is ended with --yes only when its check is named: only1mcp doctor port.owner --fix --yes')
    return [...harmless, ...meant]
  }
  if (!canAsk()) {
    printNote('nobody can be asked here: add --yes')
    return []
  }
  const agreed: PlannedStep[] = []
  const questions = [
    ...(harmless.length === 0
      ? []
      : [{text: `do ${harmless.length === 1 ? 'it' : `these ${harmless.length}`}?`, steps: harmless}]),
    ...grave.map(each => ({text: `${safeText(each.step.describe)}?`, steps: [each]})),
  ]
  for (const {text, steps} of questions) {
    const answer = await askYesOrNo(text)
    // Whoever leaves (^C, ^D) takes back what was said before: better too little than half of it.
    if (answer === null) return []
    if (answer) agreed.push(...steps)
  }
  return agreed
}
