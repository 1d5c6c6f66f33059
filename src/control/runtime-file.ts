import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {z} from 'zod'
import {errnoCode, messageOf} from '../shared/errors.ts'
import {runtimeFilePath} from './paths.ts'

/** `<state>/runtime.json`: who runs here. Written by the runtime when it listens, removed when it stops. */
export const runtimeRecord = z.object({
  schemaVersion: z.literal(1),
  instance: z.string().max(64),
  pid: z.number().int().positive(),
  /** Field 22 of /proc/<pid>/stat: a later process with this pid has another. */
  startTicks: z.number().int().nonnegative(),
  startedAt: z.string().max(64),
  argv: z.array(z.string()).max(256),
  version: z.string().max(64),
  configPath: z.string().nullable(),
  statePath: z.string(),
  logPath: z.string(),
  host: z.string(),
  port: z.number().int().min(0).max(65_535),
  /** Of the listener that speaks TLS, where there is one. */
  tlsPort: z.number().int().min(0).max(65_535).optional(),
  /** false: nothing listens without TLS, and `port` is the one that speaks it. */
  plain: z.boolean().optional(),
  metricsHost: z.string().nullable(),
  metricsPort: z.number().int().min(0).max(65_535).nullable(),
  /** The control socket; not always `<state>/control.sock`, whose path may be too long for a socket. */
  socket: z.string(),
})
export type RuntimeRecord = z.infer<typeof runtimeRecord>

/** What looking for a runtime's record came to. */
export type RuntimeRecordRead =
  | {readonly state: 'known'; readonly path: string; readonly record: RuntimeRecord; readonly ownerUid: number}
  | {readonly state: 'absent'; readonly path: string; readonly why: string}
  | {readonly state: 'denied'; readonly path: string; readonly why: string}
  | {readonly state: 'error'; readonly path: string; readonly why: string}

const maxBytes = 64 * 1024

/**
 * Reads a state folder's record. The file is not trusted: a FIFO, a link, a huge or a malformed one is an error that
 * says so, and never hangs.
 */
export function readRuntimeFile(stateDir: string): RuntimeRecordRead {
  const path = runtimeFilePath(stateDir)
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return {state: 'absent', path, why: `${path} does not exist`}
    if (code === 'EACCES' || code === 'EPERM') return {state: 'denied', path, why: `no permission to read ${path}`}
    if (code === 'ELOOP') return {state: 'error', path, why: `${path} is a symbolic link, which is never followed`}
    return {state: 'error', path, why: `cannot read ${path}: ${messageOf(error)}`}
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return {state: 'error', path, why: `${path} is not a regular file`}
    if (stat.size > maxBytes) return {state: 'error', path, why: `${path} is larger than ${maxBytes} bytes`}
    const bytes = Buffer.alloc(maxBytes)
    const length = readSync(fd, bytes, 0, maxBytes, 0)
    const parsed = runtimeRecord.safeParse(parseJson(bytes.toString('utf8', 0, length)))
    if (!parsed.success) return {state: 'error', path, why: `${path} is not a runtime record of this version`}
    return {state: 'known', path, record: parsed.data, ownerUid: stat.uid}
  } catch (error) {
    return {state: 'error', path, why: `cannot read ${path}: ${messageOf(error)}`}
  } finally {
    closeSync(fd)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no record either way: the schema says so
  }
}
