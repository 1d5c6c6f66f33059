import {createHash} from 'node:crypto'
import {keepGeneration} from '../../config/generations.ts'
import {readConfigBytes} from '../../config/read-config-file.ts'
import {messageOf} from '../../shared/errors.ts'
import type {RuntimeLog} from '../runtime-log.ts'

export interface SettlingOptions {
  readonly stateDir: string
  readonly version: string
  /** A server can be used, or there is none to use. */
  readonly healthy: () => boolean
  readonly log: RuntimeLog
}

/** One that was not well when its time came is looked at again this soon. */
const againMs = 15_000

/** Keeps a configuration as a generation once it has served for a while, with a server that is well. */
export class Settling {
  readonly #options: SettlingOptions
  #timer: NodeJS.Timeout | undefined

  constructor(options: SettlingOptions) {
    this.#options = options
  }

  /** Another configuration is in force. Its bytes are taken now: the file may be another one by then. */
  begin(file: {readonly path: string; readonly sha256: string; readonly since: string}, settleMs: number): void {
    this.stop()
    const bytes = bytesOf(file)
    // It was changed again: that one is about to be taken.
    if (bytes === undefined) return
    const later = (ms: number): void => {
      this.#timer = setTimeout(() => {
        if (!this.#options.healthy()) return later(Math.min(againMs, Math.max(100, settleMs)))
        this.#keep(bytes, file.since)
      }, ms)
      this.#timer.unref()
    }
    later(settleMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #keep(bytes: Buffer, since: string): void {
    const {stateDir, version, log} = this.#options
    try {
      const kept = keepGeneration(stateDir, bytes, {version, since})
      if (kept === undefined) return
      log.write({
        level: 'INFO',
        module: 'reload',
        kind: 'GenerationKept',
        message: 'the configuration has served well and is kept',
        pairs: {n: kept.n, sha256: kept.sha256.slice(0, 12)},
      })
    } catch (error) {
      log.write({
        level: 'WARN',
        module: 'reload',
        kind: 'GenerationNotKept',
        message: 'a configuration that serves well cannot be kept',
        pairs: {error: messageOf(error)},
      })
    }
  }
}

function bytesOf({path, sha256}: {readonly path: string; readonly sha256: string}): Buffer | undefined {
  const bytes = readConfigBytes(path)
  return bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : undefined
}
