import {lstatSync, readFileSync, rmSync} from 'node:fs'
import {dirname} from 'node:path'
import {readRuntimeFile} from '../../control/runtime-file.ts'
import {writeFileAtomic} from '../../shared/files.ts'
import {isAlive} from '../../shared/proc.ts'
import type {Step} from './step.ts'

const largestRecord = 64 * 1024

/** Takes away the record or the socket of a runtime that is gone; a record whose process lives after all is left alone. */
export function leftoverStep(path: string, what: 'record' | 'socket'): Step {
  let content: Buffer | undefined
  const seen = () => lstatSync(path, {throwIfNoEntry: false})
  return {
    id: `leftover ${path}`,
    describe: `remove ${path}`,
    grave: false,
    precheck: async () => {
      const stat = seen()
      if (stat === undefined) return `${path} is gone already`
      if (what === 'socket' && !stat.isSocket()) return `${path} is no socket`
      if (what === 'record' && (!stat.isFile() || stat.size > largestRecord)) return `${path} is no record`
      const read = readRuntimeFile(dirname(path))
      if (read.state === 'known' && isAlive(read.record)) return `a runtime is running (pid ${read.record.pid})`
      return null
    },
    apply: async () => {
      if (what === 'record') content = readFileSync(path)
      rmSync(path)
    },
    verify: async () => (seen() === undefined ? null : `${path} is there again`),
    undo:
      what === 'socket'
        ? undefined
        : async () => {
            if (content !== undefined && seen() === undefined) writeFileAtomic(path, content)
          },
  }
}
