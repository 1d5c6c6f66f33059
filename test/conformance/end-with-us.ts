/** Children that must not outlive this program, however it ends (but for SIGKILL). */
import type {ChildProcess} from 'node:child_process'

const children = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of children) child.kill('SIGTERM')
})

export function endWithUs(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

/** For scripts: the two usual signals end the program through `exit`, and so its children too. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}
