import type {ReloadReport} from '../control/contract/reload.ts'
import {AppError} from '../shared/errors.ts'
import {type ExitCode, exitCode} from '../shared/exit-code.ts'
import {findInstance} from './instance.ts'

/** A reload waits for new servers to come up, and for one that is under way. */
const timeoutMs = 60_000

/**
 * Has the running runtime take its configuration file anew, and waits for what comes of it.
 * @throws AppError `RELOAD_REFUSED` from a runtime that cannot reload
 */
export async function reloadInstance(): Promise<ReloadReport> {
  const {client, record} = await findInstance()
  const {message, reload} = await client.action('reload', undefined, timeoutMs)
  if (reload !== undefined) return reload
  throw new AppError('RELOAD_REFUSED', `the runtime (pid ${record.pid}, version ${record.version}): ${message}`, {
    fix: 'Restart it with this version.',
  })
}

/** 2 for a file that is not valid, 3 where it is valid and could not be put into force, or not be read. */
export function reloadExitCode({ok, problems}: ReloadReport): ExitCode {
  if (ok) return exitCode.ok
  const errors = problems.filter(({severity}) => severity === 'error')
  return errors.length === 0 || errors.some(({code}) => code === 'file.unreadable') ? exitCode.unable : exitCode.usage
}
