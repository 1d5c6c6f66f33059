/** Children and scratch folders that must not outlive this program, however it ends (but for SIGKILL). */
import type {ChildProcess} from 'node:child_process'
import {rmSync} from 'node:fs'

const children = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of children) child.kill('SIGTERM')
})

export function endWithUs(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

/** A scratch folder that goes with us; twice removed does no harm. */
export function removeWithUs(folder: string): void {
  process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
}

/** For scripts: the two usual signals end the program through `exit`, and so its children too. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}
