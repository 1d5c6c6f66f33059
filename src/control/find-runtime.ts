import {AppError} from '../shared/errors.ts'
import {isAlive} from '../shared/proc.ts'
import {type RuntimeRecord, readRuntimeFile} from './runtime-file.ts'

/** What one state folder says about a runtime. A record of a process that is gone is `stale`. */
export type FoundRuntime =
  | {readonly stateDir: string; readonly state: 'alive' | 'stale'; readonly record: RuntimeRecord}
  | {readonly stateDir: string; readonly state: 'denied' | 'error'; readonly why: string}

/** Looks into each state folder; those without a record are left out. Alive ones come first. */
export function findRuntimes(stateDirs: readonly string[]): FoundRuntime[] {
  const found: FoundRuntime[] = []
  for (const stateDir of new Set(stateDirs)) {
    const read = readRuntimeFile(stateDir)
    if (read.state === 'known') {
      found.push({stateDir, state: isAlive(read.record) ? 'alive' : 'stale', record: read.record})
    } else if (read.state !== 'absent') {
      found.push({stateDir, state: read.state, why: read.why})
    }
  }
  const rank = {alive: 0, denied: 1, error: 2, stale: 3}
  return found.sort((a, b) => rank[a.state] - rank[b.state])
}

/**
 * The one runtime that a console without further words means.
 * @throws AppError `RUNTIME_DENIED` where a folder could not be looked into (never "not running"), `NO_RUNTIME` else
 */
export function requireRuntime(stateDirs: readonly string[]): RuntimeRecord {
  const found = findRuntimes(stateDirs)
  const first = found[0]
  if (first?.state === 'alive') return first.record
  const unseen = found.filter(each => each.state === 'denied' || each.state === 'error')
  if (unseen.length > 0) {
    throw new AppError(
      'RUNTIME_DENIED',
      `cannot tell whether a runtime is there: ${unseen.map(each => ('why' in each ? each.why : '')).join('; ')}`,
      {
        fix: 'Run this as the user that started the runtime, or as root.',
      },
    )
  }
  const stale = found.find(each => each.state === 'stale')
  const where = stateDirs.join(', ')
  const detail =
    stale && 'record' in stale ? `; ${stale.stateDir} remembers pid ${stale.record.pid}, which is gone` : ''
  throw new AppError('NO_RUNTIME', `no runtime is running (looked in ${where}${detail})`, {
    fix: 'only1mcp start, or set ONLY1MCP_STATE_DIR to the state folder of the one that you mean.',
  })
}
