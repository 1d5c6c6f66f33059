import {writeSync} from 'node:fs'
import {errnoCode} from './errors.ts'

/** Longest time that a terminal which takes nothing (ctrl-s, a dead ssh) is waited for. */
const stalledMs = 200

/**
 * Writes past a stream's queue, before anything else happens. Never throws.
 * @returns false where the terminal is gone, or took nothing for too long
 */
export function writeNow(fd: number, text: string): boolean {
  const deadline = performance.now() + stalledMs
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      if (errnoCode(error) !== 'EAGAIN' || performance.now() > deadline) return false
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
  return true
}
