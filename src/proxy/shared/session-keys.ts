import {createHmac, hkdfSync, randomBytes} from 'node:crypto'
import {chmodSync, closeSync, constants, fstatSync, fsyncSync, linkSync, openSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {messageOf} from '../../shared/errors.ts'
import {writeAll} from '../../shared/files.ts'

const keyBytes = 32

/** What session ids and request states are signed with, and what they may have been signed with before. */
export interface SessionKeys {
  readonly current: Buffer
  /** The key that was in force until the last change: what it signed is still taken. */
  readonly previous: Buffer | undefined
  /** Whether other instances may have the same one: it stands in the configuration. */
  readonly configured: boolean
}

/** A key of its own for each purpose, so that nothing signed for one is good for another. */
export function keyFor(keys: SessionKeys, purpose: string): readonly Buffer[] {
  const derive = (key: Buffer): Buffer => createHmac('sha256', key).update(purpose).digest()
  return keys.previous === undefined ? [derive(keys.current)] : [derive(keys.current), derive(keys.previous)]
}

interface ConfiguredKeys {
  readonly session_key?: string | undefined
  readonly previous_session_key?: string | undefined
}

/** `openSessionKeys` for one configuration after the other: a key of our own is read or made once. */
export function sessionKeysOf(
  stateDir: string,
  warn: (message: string) => void,
): (configured: ConfiguredKeys) => SessionKeys {
  let own: SessionKeys | undefined
  return configured => {
    if (configured.session_key !== undefined) return openSessionKeys(configured, stateDir, warn)
    own ??= openSessionKeys({}, stateDir, warn)
    const {previous_session_key: previous} = configured
    return {...own, previous: previous === undefined ? undefined : fromText(previous)}
  }
}

/**
 * The keys of the configuration, else the one in `<state>/session.key`, which is made where there is none. Where it can
 * be neither read nor made, a key that lasts as long as the process: sessions are opened anew after a restart then.
 */
export function openSessionKeys(
  configured: ConfiguredKeys,
  stateDir: string,
  warn: (message: string) => void,
): SessionKeys {
  const {session_key: current, previous_session_key: previous} = configured
  const before = previous === undefined ? undefined : fromText(previous)
  if (current !== undefined) return {current: fromText(current), previous: before, configured: true}
  const path = join(stateDir, 'session.key')
  try {
    return {current: readKey(path, warn) ?? makeKey(path), previous: before, configured: false}
  } catch (error) {
    warn(`${path} cannot be used, sessions end with this process: ${messageOf(error)}`)
    return {current: randomBytes(keyBytes), previous: before, configured: false}
  }
}

function fromText(text: string): Buffer {
  return Buffer.from(hkdfSync('sha256', text, '', 'only1mcp session key', keyBytes))
}

/** @returns undefined where there is no key that can be used */
function readKey(path: string, warn: (message: string) => void): Buffer | undefined {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const status = fstatSync(fd)
    if (!status.isFile()) throw new Error('it is no file')
    const {mode, uid, size} = status
    const ours = uid === process.getuid?.() && (mode & 0o077) === 0
    const key = size === keyBytes ? readFileSync(fd) : Buffer.alloc(0)
    if (ours && key.length === keyBytes) return key
    const why = ours ? `does not hold ${keyBytes} bytes` : 'could be read or written by others'
    warn(`${path} ${why}: it is made anew, and sessions of before are opened anew`)
    rmSync(path)
    return undefined
  } finally {
    closeSync(fd)
  }
}

/** Whole or not at all; where another process was faster, its key is the one. */
function makeKey(path: string): Buffer {
  const key = randomBytes(keyBytes)
  const temporary = `${path}.${process.pid}.tmp`
  rmSync(temporary, {force: true})
  const fd = openSync(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  )
  try {
    try {
      writeAll(fd, key)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    chmodSync(temporary, 0o600) // whatever the umask says
    linkSync(temporary, path)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return readKey(path, () => {}) ?? key
  } finally {
    rmSync(temporary, {force: true})
  }
}
