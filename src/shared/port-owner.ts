import {type ListeningSocket, readListeningSockets} from './listening-sockets.ts'
import {readExe, readProcessStat} from './proc.ts'
import {findSocketHolders} from './socket-holders.ts'
import {userName} from './user-name.ts'

/** Longest look at other processes' descriptors: who only wants a better message does not wait for it. */
const lookMs = 1000

/**
 * Who holds a TCP port, for the end of a sentence: ` by nginx (pid 812, user www-data)`, or as much as can be seen; empty
 * when nothing can.
 */
export async function describePortOwner(port: number): Promise<string> {
  let sockets: ListeningSocket[]
  try {
    sockets = readListeningSockets().filter(socket => socket.port === port)
  } catch {
    return '' // no /proc
  }
  const first = sockets[0]
  if (first === undefined) return ''
  const {pids} = await findSocketHolders(new Set(sockets.map(({inode}) => inode)), AbortSignal.timeout(lookMs))
  const pid = pids.values().next().value
  if (pid === undefined) return ` by a process of user ${userName(first.uid)} that only root can see`
  const program = readProcessStat(pid)?.comm ?? readExe(pid) ?? 'a program that is gone now'
  return ` by ${program} (pid ${pid}, user ${userName(first.uid)})`
}
