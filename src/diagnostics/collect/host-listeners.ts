import {existsSync} from 'node:fs'
import {readListeningSockets} from '../../shared/listening-sockets.ts'
import {userName} from '../../shared/user-name.ts'
import type {Collector} from '../live-facts.ts'

/** What listens on this machine, without the search for who holds it: one small table of the kernel. */
export const hostListeners: Collector<'host.listeners'> = {
  kind: 'host.listeners',
  timeoutMs: 2000,
  async collect() {
    if (!existsSync('/proc/net/tcp')) return {state: 'absent', why: 'there is no /proc/net/tcp to read who listens'}
    const value = readListeningSockets().map(({address, port, uid}) => ({address, port, user: userName(uid)}))
    return {state: 'known', value}
  },
}
