import {createHash} from 'node:crypto'
import {chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {runtimeFilePath} from '../control/paths.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import {killOwned} from '../mcp/sweep.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {writeFileAtomic} from '../shared/files.ts'
import {isAlive} from '../shared/proc.ts'
import {userName} from '../shared/user-name.ts'

/** Longest path that fits a socket's address on Linux. */
const longestSocketPath = 107

/** What an earlier runtime left, once it is known to be gone. */
export interface Leftover {
  readonly record: RuntimeRecord
  /** Children of it that were still running, and are now killed. */
  readonly killed: readonly number[]
}

/**
 * Makes the state folder ours: mode 0700, no living runtime in it, and what a crashed one left swept by its owner mark.
 * @throws AppError `ALREADY_RUNNING`, `STATE_UNUSABLE`
 */
export async function claimStateFolder(stateDir: string): Promise<Leftover | undefined> {
  try {
    mkdirSync(stateDir, {recursive: true, mode: 0o700})
    takeOver(stateDir)
    chmodSync(stateDir, 0o700)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('STATE_UNUSABLE', `cannot use the state folder ${stateDir}: ${messageOf(error)}`, {
      fix: 'Make it writable for this user, or name another one with paths.state or ONLY1MCP_STATE_DIR.',
      cause: error,
    })
  }
  if (lstatSync(runtimeFilePath(stateDir), {throwIfNoEntry: false}) === undefined) return undefined
  // It brings a schema with it, which a runtime has no use for when nobody was here before.
  const {readRuntimeFile} = await import('../control/runtime-file.ts')
  const read = readRuntimeFile(stateDir)
  if (read.state === 'absent') return undefined
  if (read.state === 'denied')
    throw new AppError('STATE_UNUSABLE', read.why, {fix: 'Start it as the user that owns the state folder.'})
  if (read.state === 'error') {
    // A record that nobody can read names no process: it is in the way and nothing else.
    rmSync(read.path, {force: true, recursive: true})
    return undefined
  }
  const {record} = read
  if (record.pid !== process.pid && isAlive(record)) {
    throw new AppError(
      'ALREADY_RUNNING',
      `only1mcp is already running with this state folder (pid ${record.pid}, ${record.host}:${record.port})`,
      {
        fix: `only1mcp stop, or give this one a state folder of its own (paths.state; now ${stateDir}).`,
      },
    )
  }
  rmSync(read.path, {force: true})
  // Whoever else could write here could name any processes in it.
  if (read.ownerUid !== process.getuid?.()) return undefined
  const killed = killOwned(record.instance)
  return {record, killed}
}

/**
 * Root can use the folder of anybody, who then could change what root reads there: databases, the socket, configurations
 * to go back to. An empty one becomes root's own.
 */
function takeOver(stateDir: string): void {
  const {uid} = statSync(stateDir)
  const user = process.geteuid?.() ?? uid
  if (uid === user || user !== 0) return
  if (readdirSync(stateDir).length === 0) return chownSync(stateDir, user, process.getegid?.() ?? user)
  throw new AppError(
    'STATE_UNUSABLE',
    `the state folder ${stateDir} belongs to the user ${userName(uid)}, not to root`,
    {
      fix: `Start it as that user (runuser -u ${userName(uid)} -- only1mcp start), or look through the folder and make it root's: chown -R root ${stateDir}.`,
    },
  )
}

/** Where the control socket goes; a state folder with a long path gets one under a hashed name elsewhere. */
export function controlSocketPath(stateDir: string): string {
  const direct = join(stateDir, 'control.sock')
  if (Buffer.byteLength(direct) <= longestSocketPath) return direct
  const name = `only1mcp-${createHash('sha256').update(stateDir).digest('hex').slice(0, 16)}`
  const runtimeDir = process.env.XDG_RUNTIME_DIR
  if (runtimeDir !== undefined && runtimeDir.length + name.length + 6 <= longestSocketPath)
    return join(runtimeDir, `${name}.sock`)
  const folder = join(tmpdir(), name)
  mkdirSync(folder, {recursive: true, mode: 0o700})
  const stat = lstatSync(folder)
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0) {
    throw new AppError('STATE_UNUSABLE', `${folder} is not a folder of ours with mode 0700`, {
      fix: 'Remove it, or use a state folder with a shorter path.',
    })
  }
  return join(folder, 'control.sock')
}

/**
 * A record may be missing or forged; a socket on which somebody answers is a runtime that lives.
 * @throws AppError `ALREADY_RUNNING`
 */
export async function refuseLiveSocket(path: string): Promise<void> {
  const socket = connect(path)
  const live = await new Promise<boolean>(resolve => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.setTimeout(1000, () => resolve(true)) // its queue is full: it hangs, and is there
  })
  socket.destroy()
  if (live)
    throw new AppError('ALREADY_RUNNING', `a runtime that answers on ${path} already runs with this state folder`, {
      fix: 'only1mcp stop, or give this one a state folder of its own (paths.state).',
    })
}

/** Removes a socket that a dead runtime left; anything else under that name stays. */
export function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) rmSync(path)
  } catch {
    // not there
  }
}

export function writeRuntimeRecord(record: RuntimeRecord): void {
  writeFileAtomic(runtimeFilePath(record.statePath), `${JSON.stringify(record, null, 2)}\n`)
}

/** Only if it is still about us: another runtime may have taken the folder over. */
export function removeRuntimeRecord(record: RuntimeRecord): void {
  const path = runtimeFilePath(record.statePath)
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const ours =
      typeof found === 'object' && found !== null && 'instance' in found && found.instance === record.instance
    if (ours) rmSync(path, {force: true})
  } catch {
    // gone already, or somebody else's
  }
}
