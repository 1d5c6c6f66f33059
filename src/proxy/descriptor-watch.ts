import {closeSync, openSync, readFileSync} from 'node:fs'
import {errnoCode} from '../shared/errors.ts'
import type {LogMessage} from './runtime-log.ts'

const lookEveryMs = 1000
/** Between the two nothing is said: a process at the edge would say both again and again. */
const scarceShare = 0.95
const plentyShare = 0.8

export interface DescriptorUse {
  /** About how many are open. */
  readonly open: number
  readonly limit: number
}

/**
 * Says when file descriptors run out. The system then turns new connections away, or leaves them waiting, without telling
 * this process: nothing else would be in the log while clients hang.
 */
export class DescriptorWatch {
  readonly #look: () => DescriptorUse | undefined
  readonly #log: (message: LogMessage) => void
  readonly #timer: NodeJS.Timeout
  #scarce = false

  constructor(log: (message: LogMessage) => void, look = lookHere()) {
    this.#look = look
    this.#log = log
    this.#timer = setInterval(() => this.sample(), lookEveryMs).unref()
  }

  sample(): void {
    const use = this.#look()
    if (use === undefined) return
    const share = use.open / use.limit
    if (!this.#scarce && share >= scarceShare) this.#tell(true, use)
    else if (this.#scarce && share < plentyShare) this.#tell(false, use)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tell(scarce: boolean, {open, limit}: DescriptorUse): void {
    this.#scarce = scarce
    this.#log({
      level: scarce ? 'ERROR' : 'INFO',
      module: 'runtime',
      kind: scarce ? 'DescriptorsScarce' : 'DescriptorsFree',
      message: scarce
        ? 'file descriptors run out: new connections wait or are turned away, and no server can be started'
        : 'there are file descriptors again',
      pairs: {open, limit},
    })
  }
}

/** A new descriptor gets the lowest free number: it tells what a count of thousands would. */
function lookHere(): () => DescriptorUse | undefined {
  const limit = limitOfThis()
  return () => {
    if (limit === undefined) return undefined
    try {
      const fd = openSync('/dev/null', 'r')
      closeSync(fd)
      return {open: fd, limit}
    } catch (error) {
      return errnoCode(error) === 'EMFILE' ? {open: limit, limit} : undefined
    }
  }
}

function limitOfThis(): number | undefined {
  try {
    const limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])
    return Number.isSafeInteger(limit) ? limit : undefined
  } catch {
    return undefined // no /proc
  }
}
