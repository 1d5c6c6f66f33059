import type {Readable} from 'node:stream'
import type {Clock} from '../shared/clock.ts'

/** Kept a second for each child; what a flood brings beyond is counted, not kept. */
const bytesPerSecond = 256 * 1024
const maxLineBytes = 8 * 1024

export interface StderrLines {
  readonly onLine: (line: string) => void
  /** So many bytes were passed over since the last call; within a second of the first of them, and once a second. */
  readonly onDropped: (bytes: number) => void
}

/** Reads a child's stderr to its end, line by line, in bounded memory: reading never stops, so the child never blocks. */
export function readStderr(stderr: Readable, clock: Clock, {onLine, onDropped}: StderrLines): void {
  let partial = ''
  let budget = bytesPerSecond
  let refilledAt = clock.now()
  let dropped = 0
  let reportTimer: NodeJS.Timeout | undefined

  const refill = (): void => {
    const now = clock.now()
    if (now - refilledAt < 1000) return
    refilledAt = now
    budget = bytesPerSecond
  }
  // By a timer: after a short flood there may be no more data to report it with.
  const drop = (bytes: number): void => {
    dropped += bytes
    reportTimer ??= setTimeout(report, 1000).unref()
  }
  const report = (): void => {
    clearTimeout(reportTimer)
    reportTimer = undefined
    if (dropped > 0) onDropped(dropped)
    dropped = 0
  }

  stderr.setEncoding('utf8')
  stderr.on('data', (chunk: string) => {
    refill()
    if (chunk.length > budget) {
      partial = ''
      return drop(chunk.length)
    }
    budget -= chunk.length
    const lines = (partial + chunk).split('\n')
    partial = (lines.pop() ?? '').slice(0, maxLineBytes)
    for (const line of lines) {
      const text = line.trimEnd()
      if (text !== '') onLine(text.slice(0, maxLineBytes))
    }
  })
  stderr.on('end', () => {
    if (partial.trim() !== '') onLine(partial.trimEnd())
    report()
  })
}
