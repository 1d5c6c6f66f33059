import {readFileSync} from 'node:fs'

/** One socket in state LISTEN. */
export interface ListeningSocket {
  readonly address: string
  readonly port: number
  readonly uid: number
  /** Its number in `/proc/<pid>/fd/*` of whoever holds it. */
  readonly inode: string
}

/**
 * Every TCP socket that listens in this network namespace, from /proc/net/tcp and tcp6: no lsof, ss or netstat needed.
 * @throws Error without /proc
 */
export function readListeningSockets(): ListeningSocket[] {
  const sockets = parseSocketTable(readFileSync('/proc/net/tcp', 'utf8'))
  try {
    return [...sockets, ...parseSocketTable(readFileSync('/proc/net/tcp6', 'utf8'))]
  } catch {
    return sockets // a kernel without IPv6 has no such table
  }
}

/** Columns as in proc(5): `sl local_address rem_address st … uid timeout inode`. */
export function parseSocketTable(table: string): ListeningSocket[] {
  const sockets: ListeningSocket[] = []
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    const [hexAddress = '', hexPort = ''] = (fields[1] ?? '').split(':')
    if (fields[3] !== '0A') continue
    sockets.push({
      address: addressOf(hexAddress),
      port: Number.parseInt(hexPort, 16),
      uid: Number(fields[7]),
      inode: fields[9] ?? '',
    })
  }
  return sockets
}

/** The kernel prints each group of 32 bits in the byte order of the machine; Node runs on little-endian ones. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex').swap32()
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({length: 8}, (_, i) => bytes.readUInt16BE(i * 2).toString(16))
  const text = groups.join(':')
  if (text === '0:0:0:0:0:0:0:0') return '::'
  if (text === '0:0:0:0:0:0:0:1') return '::1'
  if (text.startsWith('0:0:0:0:0:ffff:')) return `::ffff:${[...bytes.subarray(12)].join('.')}`
  return text
}
