import {spawnSync} from 'node:child_process'
import {chownSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {packageRoot} from './package-root.ts'
import {type RunOptions, type RunResult, runProgram} from './program.ts'
import {skipTest} from './skip-test.ts'
import {tempDir} from './temp-dir.ts'

export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** A plain user to act as; the test is skipped where that cannot be done: only root may become someone else. */
export function needsUser(name = 'nobody'): User {
  if (process.getuid?.() !== 0) skipTest(`acting as ${name} needs root`)
  const user = findUser(name) ?? skipTest(`there is no user ${name}`)
  needsReadable(user)
  return user
}

/** The test is skipped where this user cannot run the package: a checkout may lie in a private folder. */
export function needsReadable({name, uid, gid}: User): void {
  const seen = spawnSync('test', ['-r', join(packageRoot, 'bin/run.js')], {uid, gid})
  if (seen.status !== 0) skipTest(`${name} cannot read ${packageRoot}`)
}

/** Runs a program as a plain user, without root's groups; a HOME of the user's own unless `options.env` names one. */
export function asUser(
  name: string,
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const user = needsUser(name)
  return runProgram(command, args, {...options, env: {HOME: tempDirOf(user), ...options.env}, user})
}

/** A temporary folder that belongs to the user. */
export function tempDirOf(user: User): string {
  const path = tempDir()
  chownSync(path, user.uid, user.gid)
  return path
}

function findUser(name: string): User | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':')
    if (user === name) return {name, uid: Number(uid), gid: Number(gid)}
  }
  return undefined
}
