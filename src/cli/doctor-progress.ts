import {isBad} from '../diagnostics/root-causes.ts'
import type {Finding} from '../diagnostics/runner.ts'

export interface DoctorProgress {
  start(total: number): void
  found(finding: Finding): void
  /** Takes the line away again. */
  end(): void
}

/** One line on a terminal that says how far the doctor is; nothing where nobody watches. */
export function doctorProgress(stream: NodeJS.WriteStream): DoctorProgress {
  const show = (text: string): void => void (stream.isTTY && stream.write(`\r\u001b[K${text}`))
  const done = new Set<string>()
  let total = 0
  let bad = 0
  return {
    start: count => {
      total = count
      show(`looking: 0 of ${total}`)
    },
    found: finding => {
      done.add(finding.id)
      if (isBad(finding)) bad++
      show(`looking: ${done.size} of ${total}${bad === 0 ? '' : `, ${bad} bad`}`)
    },
    end: () => show(''),
  }
}
