import type {RuntimeRecord} from '../control/runtime-file.ts'
import {errnoCode, messageOf} from '../shared/errors.ts'
import type {RuntimeLog} from './runtime-log.ts'
import {writeRuntimeRecord} from './state-folder.ts'

const againMs = 2000

/** No room: a disk that is full now has some again later. */
const passing = new Set(['ENOSPC', 'EDQUOT'])

/**
 * Writes `runtime.json`, by which consoles find this process. On a full disk the runtime serves without it, says so, and
 * tries again until there is room: a start must not fail for what is needed to look at it.
 * @returns stops trying
 */
export function keepRecord(record: RuntimeRecord, log: RuntimeLog): () => void {
  const why = attempt(record)
  if (why === undefined) return () => {}
  const note = {module: 'runtime', kind: 'RecordUnwritten'} as const
  const message = 'runtime.json cannot be written: consoles do not find this runtime until there is room'
  log.write({...note, level: 'WARN', message, pairs: {error: why, folder: record.statePath}})
  const timer = setInterval(() => {
    if (attempt(record) !== undefined) return
    clearInterval(timer)
    log.write({...note, level: 'INFO', kind: 'RecordWritten', message: 'runtime.json is there now', pairs: {}})
  }, againMs).unref()
  return () => clearInterval(timer)
}

/** @returns why there was no room for it */
function attempt(record: RuntimeRecord): string | undefined {
  try {
    writeRuntimeRecord(record)
    return undefined
  } catch (error) {
    if (!passing.has(errnoCode(error) ?? '')) throw error
    return messageOf(error)
  }
}
