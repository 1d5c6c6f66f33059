import {existsSync} from 'node:fs'
import {type ListeningSocket, readListeningSockets} from '../../shared/listening-sockets.ts'
import {programName, readArgv, readProcessStat} from '../../shared/proc.ts'
import {findSocketHolders} from '../../shared/socket-holders.ts'
import {userName} from '../../shared/user-name.ts'
import type {FactOutcome} from '../fact.ts'
import type {Listener} from '../fact-values.ts'
import type {Collector} from '../live-facts.ts'

const socketTable = '/proc/net/tcp'

/** Who listens on a port, from /proc alone. Without permission the user is still known, the process is not. */
export const portOwner: Collector<'port.owner'> = {
  kind: 'port.owner',
  // It goes over all processes and lets others go first: on a busy machine two seconds were not enough.
  timeoutMs: 6000,
  async collect(about, {signal}): Promise<FactOutcome<'port.owner'>> {
    const port = Number(about)
    if (!existsSync(socketTable)) return {state: 'absent', why: `there is no ${socketTable} to read who listens`}
    const sockets = port === 0 ? [] : readListeningSockets().filter(socket => socket.port === port)
    const holders = await findSocketHolders(new Set(sockets.map(({inode}) => inode)), signal)
    const listeners = sockets.map(socket => listenerOf(socket, holders.pids.get(socket.inode)))
    return {state: 'known', value: {listeners, unreadable: holders.unreadable}}
  },
}

function listenerOf({address, port, uid}: ListeningSocket, pid: number | undefined): Listener {
  const stat = pid === undefined ? undefined : readProcessStat(pid)
  const argv = stat === undefined ? [] : (readArgv(stat.pid) ?? [])
  return {
    address,
    port,
    user: userName(uid),
    process:
      stat === undefined
        ? null
        : {pid: stat.pid, startTicks: stat.startTicks, program: programName(stat.comm, argv), argv},
  }
}
