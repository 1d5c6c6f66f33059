import {isBad} from '../diagnostics/root-causes.ts'
import type {Finding} from '../diagnostics/runner.ts'
import {progressLine} from './progress-line.ts'

/** From so few on, what is waited for has a name. */
const fewLeft = 12
const mostNamed = 2

export interface DoctorProgress {
  /** @param names of all that are done one by one, where they are known: the last few are named while they are waited for */
  start(total: number, names?: readonly string[]): void
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
  let all: readonly string[] = []
  const waitedFor = (): string => {
    if (all.length - done.size > fewLeft) return ''
    const left = all.filter(name => !done.has(name))
    if (left.length === 0) return ''
    return `; waiting for ${left.slice(0, mostNamed).join(', ')}${left.length > mostNamed ? ' …' : ''}`
  }
  return {
    start: (count, names = []) => {
      total = count
      all = names
      line.show(`looking: 0 of ${total}`)
    },
    found: finding => {
      done.add(nameOf(finding))
      if (isBad(finding)) bad++
      const badSoFar = bad === 0 ? '' : `, ${bad} bad`
      line.show(`looking: ${Math.min(done.size, total)} of ${total}${badSoFar}${waitedFor()}`)
    },
    end: line.end,
  }
}
