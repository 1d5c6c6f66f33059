import {accessSync, constants} from 'node:fs'
import {join} from 'node:path'
import {skipTest} from './skip-test.ts'

/** @returns the path of a program of this machine, or undefined when it is not installed */
export function findBinary(name: string, path = process.env.PATH ?? ''): string | undefined {
  // The system's own folders too: a plain user's PATH often lacks them.
  return [...path.split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']
    .filter(folder => folder !== '')
    .map(folder => join(folder, name))
    .find(isExecutable)
}

/** The path of a program that a test needs; without it the test ends as `skipped: <name> is not installed`. */
export function needsBinary(name: string): string {
  return findBinary(name) ?? skipTest(`${name} is not installed`)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // not there, or not for us: either way not to be run
  }
}
