import {createHash} from 'node:crypto'
import {closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {writeFileAtomic} from '../shared/files.ts'
import type {RefreshMemory} from './outbound-token.ts'

const maxBytes = 64 * 1024

/**
 * `<state>/oauth/<server>.json`, mode 0600: the newest refresh token of a backend, and of which configured one it came. A
 * configuration with another one wins.
 */
export function refreshMemory(stateDir: string, serverId: string, configured: string): RefreshMemory {
  const folder = join(stateDir, 'oauth')
  const path = join(folder, `${serverId}.json`)
  const origin = createHash('sha256').update(configured).digest('hex')
  return {
    read() {
      const kept = readKept(path)
      return kept?.origin === origin && typeof kept.refresh_token === 'string' ? kept.refresh_token : undefined
    },
    write(refreshToken) {
      mkdirSync(folder, {recursive: true, mode: 0o700})
      writeFileAtomic(path, `${JSON.stringify({origin, refresh_token: refreshToken})}\n`)
    },
  }
}

function readKept(path: string): {origin?: unknown; refresh_token?: unknown} | undefined {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = fstatSync(fd)
    if (!stat.isFile() || stat.size > maxBytes) return undefined
    const value: unknown = JSON.parse(readFileSync(fd, 'utf8'))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined // nothing kept, or nothing that can be used: the configured one counts
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
