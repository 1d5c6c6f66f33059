import {closeSync, constants, fchmodSync, fstatSync, openSync} from 'node:fs'
import type {Step} from './step.ts'

/**
 * Sets the mode of a file or folder of ours. The file is opened without following a link, and judged by what was
 * opened: nobody can exchange it in between.
 */
export function modeStep(path: string, mode: number): Step {
  let before: number | undefined
  const withFile = <T>(use: (fd: number) => T): T => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      return use(fd)
    } finally {
      closeSync(fd)
    }
  }
  const current = (): number => withFile(fd => fstatSync(fd).mode & 0o7777)
  return {
    id: `mode ${path}`,
    describe: `chmod ${mode.toString(8)} ${path}`,
    grave: false,
    precheck: async () =>
      withFile(fd => {
        const stat = fstatSync(fd)
        if (!stat.isFile() && !stat.isDirectory()) return `${path} is neither a file nor a folder`
        if (stat.nlink > 1 && stat.isFile()) return `${path} has a second name (hard link): look at it yourself`
        if (stat.uid !== process.getuid?.()) return `${path} belongs to another user`
        return null
      }),
    apply: async () => {
      withFile(fd => {
        before = fstatSync(fd).mode & 0o7777
        fchmodSync(fd, mode)
      })
    },
    verify: async () => (current() === mode ? null : `its mode is ${current().toString(8)}`),
    undo: async () => {
      if (before !== undefined) withFile(fd => fchmodSync(fd, before ?? mode))
    },
  }
}
