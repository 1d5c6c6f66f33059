import type {Cause, FindingStatus} from './check.ts'
import type {Finding} from './runner.ts'

/** A bad finding that nothing else explains, with what follows from it; or a finding that stands alone. */
export interface FindingGroup {
  readonly root: Finding
  /** Nearest consequences first. */
  readonly consequences: readonly Finding[]
}

/** These, and only these, make the exit status 1 and can explain others. */
const bad: readonly FindingStatus[] = ['fail', 'error', 'timeout']

export function isBad(finding: {readonly status: FindingStatus}): boolean {
  return bad.includes(finding.status)
}

/** The causes of a finding that really are bad, with the subject of each; a warning may follow from a warning. */
export function effectiveCauses(finding: Finding, all: readonly Finding[]): readonly Required<Cause>[] {
  if (finding.status === 'pass' || finding.status === 'info') return []
  return finding.causes.flatMap(cause =>
    all
      .filter(other => other !== finding && mayExplain(other, finding) && explains(cause, other))
      .map(({id, subject}) => ({id, subject})),
  )
}

function mayExplain(cause: Finding, finding: Finding): boolean {
  return isBad(cause) || (cause.status === 'warn' && finding.status === 'warn')
}

function explains(cause: Cause, finding: Finding): boolean {
  return cause.id === finding.id && (cause.subject === undefined || cause.subject === finding.subject)
}

const order: Readonly<Record<FindingStatus, number>> = {
  fail: 0,
  error: 1,
  timeout: 2,
  warn: 3,
  skip: 4,
  info: 5,
  pass: 6,
}

/**
 * Folds consequences under their root: causes are followed to the end, so that a port that nobody listens on because
 * the process is gone because its file is invalid is one problem, not three. Bad roots first, healthy checks last.
 */
export function foldConsequences(findings: readonly Finding[]): readonly FindingGroup[] {
  const groups = new Map<Finding, Finding[]>()
  const folded: {finding: Finding; root: Finding; depth: number}[] = []
  for (const finding of findings) {
    const {root, depth} = rootOf(finding, findings)
    if (root === finding) groups.set(finding, [])
    else folded.push({finding, root, depth})
  }
  for (const {finding, root} of folded.sort((a, b) => a.depth - b.depth)) groups.get(root)?.push(finding)
  return [...groups]
    .map(([root, consequences]) => ({root, consequences}))
    .sort(
      (a, b) =>
        order[a.root.status] - order[b.root.status] ||
        Number(a.root.last ?? false) - Number(b.root.last ?? false) ||
        b.consequences.length - a.consequences.length,
    )
}

/** Follows the first bad cause of each finding to one that has none; causes in a circle end where they began. */
function rootOf(finding: Finding, all: readonly Finding[]): {readonly root: Finding; readonly depth: number} {
  const path = [finding]
  let current = finding
  for (;;) {
    const [cause] = effectiveCauses(current, all)
    const next = cause && all.find(other => mayExplain(other, current) && explains(cause, other))
    if (next === undefined) return {root: current, depth: path.length - 1}
    if (path.includes(next)) return {root: finding, depth: 0}
    path.push(next)
    current = next
  }
}
