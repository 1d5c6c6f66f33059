import net from 'node:net'
import {errnoCode} from '../../shared/errors.ts'
import {parseHostPort} from '../host-port.ts'
import type {Collector} from '../live-facts.ts'

/** Whether `<host>:<port>` accepts a TCP connection; nothing is sent. */
export const tcpDial: Collector<'tcp.dial'> = {
  kind: 'tcp.dial',
  timeoutMs: 2000,
  atOnce: 128,
  collect(about, {signal, clock}) {
    const {host, port} = parseHostPort(about)
    if (port === 0)
      return Promise.resolve({state: 'absent', why: 'the port is 0: the system chooses one at each start'})
    const started = clock.now()
    return new Promise(resolve => {
      const socket = net.connect({host, port})
      const end = (open: boolean, code: string | null): void => {
        socket.destroy()
        resolve({state: 'known', value: {open, code, ms: Math.round(clock.now() - started)}})
      }
      signal.addEventListener('abort', () => socket.destroy(), {once: true})
      socket.once('connect', () => end(true, null))
      socket.once('error', error => end(false, errnoCode(error) ?? error.message))
    })
  },
}
