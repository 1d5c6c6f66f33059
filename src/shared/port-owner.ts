import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {readArgv, readExe, readProcessStat, uidOf} from './proc.ts'

/** Who listens on a TCP port, from /proc alone. */
export type PortOwner =
  | {readonly state: 'free'}
  | {
      readonly state: 'owned'
      readonly pid: number
      readonly program: string
      readonly argv: readonly string[]
      readonly user: string
    }
  /** Somebody listens; the process is not ours to see (another user's) or in another namespace. */
  | {readonly state: 'hidden'; readonly user: string}
  | {readonly state: 'unreadable'; readonly why: string}

interface ListeningSocket {
  readonly inode: string
  readonly uid: number
}

const listenState = '0A'

/** @param host only sockets bound to this address or to all; any address without it */
export function findPortOwner(port: number, host?: string): PortOwner {
  let sockets: ListeningSocket[]
  try {
    sockets = [...listening('/proc/net/tcp', port, host), ...listening('/proc/net/tcp6', port, host)]
  } catch (error) {
    return {state: 'unreadable', why: error instanceof Error ? error.message : String(error)}
  }
  const socket = sockets[0]
  if (socket === undefined) return {state: 'free'}
  const pid = ownerOfInode(new Set(sockets.map(each => `socket:[${each.inode}]`)))
  const user = userName(socket.uid)
  if (pid === undefined) return {state: 'hidden', user}
  return {
    state: 'owned',
    pid,
    program: programName(pid),
    argv: readArgv(pid) ?? [],
    user: userName(uidOf(pid) ?? socket.uid),
  }
}

/** `, by nginx (pid 812, user www-data)`, or as much of it as can be seen. */
export function describePortOwner(port: number): string {
  const owner = findPortOwner(port)
  if (owner.state === 'owned') return ` by ${owner.program} (pid ${owner.pid}, user ${owner.user})`
  if (owner.state === 'hidden') return ` by a process of user ${owner.user} that only root can see`
  return ''
}

function listening(path: string, port: number, host: string | undefined): ListeningSocket[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (path.endsWith('6')) return [] // a kernel without IPv6
    throw error
  }
  const found: ListeningSocket[] = []
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    const [address = '', hexPort = ''] = (fields[1] ?? '').split(':')
    if (fields[3] !== listenState || Number.parseInt(hexPort, 16) !== port) continue
    if (host !== undefined && !matchesHost(address, host)) continue
    found.push({inode: fields[9] ?? '', uid: Number(fields[7])})
  }
  return found
}

/** /proc prints addresses as host-order words; all-zero means every address. */
function matchesHost(hex: string, host: string): boolean {
  if (/^0+$/.test(hex)) return true
  const octets = host.split('.').map(Number)
  if (octets.length !== 4) return true // an IPv6 or named host: any match of the port counts
  const little = [...octets]
    .reverse()
    .map(octet => octet.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
  return hex === little || hex.endsWith(`FFFF0000${little}`)
}

function ownerOfInode(links: ReadonlySet<string>): number | undefined {
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    let descriptors: string[]
    try {
      descriptors = readdirSync(`/proc/${pid}/fd`)
    } catch {
      continue // gone, or another user's
    }
    for (const fd of descriptors) {
      try {
        if (links.has(readlinkSync(`/proc/${pid}/fd/${fd}`))) return pid
      } catch {
        // closed meanwhile
      }
    }
  }
  return undefined
}

function programName(pid: number): string {
  return readProcessStat(pid)?.comm ?? readExe(pid) ?? 'an unknown program'
}

/** @returns the name from /etc/passwd, else the number */
export function userName(uid: number): string {
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const fields = line.split(':')
      if (Number(fields[2]) === uid && fields[0] !== '') return fields[0] ?? String(uid)
    }
  } catch {
    // a container without the file
  }
  return String(uid)
}
