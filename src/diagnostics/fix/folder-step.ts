import {lstatSync, mkdirSync, rmdirSync} from 'node:fs'
import type {Step} from './step.ts'

/** Makes a folder that is missing, for this user alone. */
export function folderStep(path: string): Step {
  /** The topmost folder that was made. */
  let made: string | undefined
  return {
    id: `folder ${path}`,
    describe: `mkdir -m 700 -p ${path}`,
    grave: false,
    precheck: async () => (lstatSync(path, {throwIfNoEntry: false}) === undefined ? null : `${path} is there already`),
    apply: async () => {
      made = mkdirSync(path, {recursive: true, mode: 0o700})
    },
    verify: async () => (lstatSync(path, {throwIfNoEntry: false})?.isDirectory() ? null : `${path} is no folder`),
    undo: async () => {
      for (let at = path; made !== undefined && at.startsWith(made); at = at.slice(0, at.lastIndexOf('/')))
        rmdirSync(at)
    },
  }
}
