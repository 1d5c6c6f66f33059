import {existsSync} from 'node:fs'
import {openFiles} from '../../shared/proc.ts'
import type {Collector} from '../live-facts.ts'
import {procText, readProcText} from './proc-text.ts'

/** include/net/tcp_states.h, as /proc/net/tcp prints them. */
const stateNames: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
  '07': 'CLOSE',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
}

/** Connections by state, and ports in use of those that the kernel hands out, from /proc/net/tcp and tcp6. */
export const hostSockets: Collector<'host.sockets'> = {
  kind: 'host.sockets',
  timeoutMs: 4000,
  async collect(about) {
    const table = readProcText('/proc/net/tcp')
    if (table.state !== 'known') return table
    const rows = [...socketRows(table.text), ...socketRows(procText('/proc/net/tcp6') ?? '')]
    const [low = 32_768, high = 60_999] = (procText('/proc/sys/net/ipv4/ip_local_port_range') ?? '')
      .trim()
      .split(/\s+/)
      .map(Number)
      .filter(port => port > 0)
    const ports = new Set(rows.map(({port}) => port).filter(port => port >= low && port <= high))
    const files = about !== '' && existsSync(`/proc/${about}/fd`) ? openFiles(Number(about)) : []
    const mine = new Set(files)
    const ofProcess = files.length === 0 ? null : count(rows.filter(({inode}) => mine.has(`socket:[${inode}]`)))
    return {state: 'known', value: {states: count(rows), ofProcess, ephemeral: {low, high, used: ports.size}}}
  },
}

interface SocketRow {
  readonly state: string
  readonly port: number
  readonly inode: string
}

/** Columns as in proc(5): `sl local_address rem_address st … uid timeout inode`. */
function socketRows(table: string): SocketRow[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const fields = line.trim().split(/\s+/)
      const port = Number.parseInt((fields[1] ?? '').split(':')[1] ?? '', 16)
      if (Number.isNaN(port)) return []
      return [{state: stateNames[fields[3] ?? ''] ?? 'OTHER', port, inode: fields[9] ?? ''}]
    })
}

function count(rows: readonly SocketRow[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const {state} of rows) counts[state] = (counts[state] ?? 0) + 1
  return counts
}
