import {closeSync, constants, fstatSync, openSync, type Stats} from 'node:fs'
import {AppError, errnoCode} from './errors.ts'
import {userName} from './user-name.ts'

const appendFlags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

export interface OpenedLog {
  readonly fd: number
  readonly sizeBytes: number
  /** How old the file is, in milliseconds; 0 where the file system cannot tell or the clock was set back. */
  readonly ageMs: number
}

/**
 * Opens a log for appending. A log folder may be writable by others, and the runtime may be root: nothing is opened
 * that could lead somewhere else or that another user holds.
 * @throws AppError `LOG_REFUSED` with what stands there, or the system's error
 */
export function openLog(path: string): OpenedLog {
  let fd: number
  try {
    fd = openSync(path, appendFlags, 0o640)
  } catch (error) {
    const what = whatIsThere.get(errnoCode(error) ?? '')
    if (what === undefined) throw error
    throw refused(path, `${what} (${errnoCode(error)})`, error)
  }
  try {
    const stats = fstatSync(fd)
    const why = whyNot(stats)
    if (why !== undefined) throw refused(path, why)
    return {fd, sizeBytes: stats.size, ageMs: ageOf(stats)}
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

const whatIsThere = new Map([
  ['ELOOP', 'is a symbolic link, which is never followed'],
  ['EISDIR', 'is a directory, not a regular file'],
  ['ENXIO', 'is a named pipe or a socket, not a regular file'],
])

function whyNot(stats: Stats): string | undefined {
  if (!stats.isFile()) return 'is not a regular file'
  const user = process.geteuid?.()
  // Root may have made it for us (logrotate's `create`).
  if (user !== undefined && stats.uid !== user && stats.uid !== 0)
    return `belongs to the user ${userName(stats.uid)}, not to ${userName(user)} who runs this`
  if (stats.nlink > 1) return `has ${stats.nlink} names (hard links): its lines would turn up elsewhere`
  return undefined
}

function refused(path: string, why: string, cause?: unknown): AppError {
  return new AppError('LOG_REFUSED', `${path} ${why}`, cause === undefined ? {} : {cause})
}

function ageOf({birthtimeMs, mtimeMs, size}: Stats): number {
  if (size === 0) return 0
  const born = birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs
  return Math.max(0, Date.now() - born)
}
