import {runtimeFilePath} from '../control/paths.ts'
import {type RuntimeRecord, readRuntimeFile} from '../control/runtime-file.ts'
import {formatDuration} from '../shared/duration.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {isAlive, openFiles, uidOf} from '../shared/proc.ts'
import {findInstance} from './instance.ts'

/** Longer than any shutdown deadline one would set for a person at a prompt. */
const waitMs = 60_000

/**
 * Asks the runtime to stop through its socket; where that does not answer, by TERM, after a second look that the pid is
 * still that very process. @returns what happened, for the operator
 */
export async function stopInstance(): Promise<string> {
  const {record, client} = await findInstance()
  const startedAt = performance.now()
  try {
    await client.action('stop')
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'CONTROL_TIMEOUT' && error.code !== 'CONTROL_UNREACHABLE'))
      throw error
    if (isAlive(record)) terminate(record)
  }
  while (isAlive(record)) {
    if (performance.now() - startedAt > waitMs) {
      throw new AppError('STOP_TIMEOUT', `pid ${record.pid} still runs after ${formatDuration(waitMs)}`, {
        exitCode: exitCode.timeout,
        fix: `It may hang. kill -KILL ${record.pid} ends it at once, its children with it.`,
      })
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return `stopped pid ${record.pid} (${record.host}:${record.port}) after ${formatDuration(performance.now() - startedAt)}`
}

/**
 * TERM, but only to a process that is a runtime with these logs: the record could be a forgery by somebody who can write to
 * its folder. A runtime that hangs still holds its log files open.
 */
function terminate(record: RuntimeRecord): void {
  const read = readRuntimeFile(record.statePath)
  const sameOwner = read.state === 'known' && read.ownerUid === uidOf(record.pid)
  if (!sameOwner || !openFiles(record.pid).some(path => path.startsWith(`${record.logPath}/`))) {
    throw new AppError(
      'STOP_REFUSED',
      `pid ${record.pid} does not look like the runtime that ${runtimeFilePath(record.statePath)} tells of: no signal was sent`,
      {fix: `Somebody may have forged that file. Look at the process first: ps -fp ${record.pid}`},
    )
  }
  process.kill(record.pid, 'SIGTERM')
}
