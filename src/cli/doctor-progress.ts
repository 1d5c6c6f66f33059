import {isBad} from '../diagnostics/root-causes.ts'
import type {Finding} from '../diagnostics/runner.ts'
import {progressLine} from './progress-line.ts'

export interface DoctorProgress {
  start(total: number): void
  found(finding: Finding): void
  /** Takes the line away again. */
  end(): void
}

/**
 * One line on a terminal that says how far the doctor is; nothing where nobody watches.
 * @param nameOf what counts as one thing done
 */
export function doctorProgress(
  stream: NodeJS.WriteStream,
  nameOf: (finding: Finding) => string = ({id}) => id,
): DoctorProgress {
  const line = progressLine(stream)
  const done = new Set<string>()
  let total = 0
  let bad = 0
  return {
    start: count => {
      total = count
      line.show(`looking: 0 of ${total}`)
    },
    found: finding => {
      done.add(nameOf(finding))
      if (isBad(finding)) bad++
      line.show(`looking: ${Math.min(done.size, total)} of ${total}${bad === 0 ? '' : `, ${bad} bad`}`)
    },
    end: line.end,
  }
}
