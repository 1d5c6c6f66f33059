import {createServer} from 'node:net'
import type {Config} from '../config/schema.ts'
import type {KeyPath} from '../config/schema-walk.ts'
import {findRuntimes} from '../control/find-runtime.ts'
import {errnoCode, messageOf} from '../shared/errors.ts'
import {readListeningSockets} from '../shared/listening-sockets.ts'
import {describePortOwner} from '../shared/port-owner.ts'
import {findSocketHolders} from '../shared/socket-holders.ts'
import type {Looked} from './resolve-files.ts'

interface Listener {
  readonly path: KeyPath
  readonly host: string
  readonly port: number
}

/** Whether each listener of a configuration could listen: the port is free, or our own runtime has it. */
export async function lookAtPorts(config: Config, stateDirs: readonly string[]): Promise<Looked[]> {
  const ours = new Set(findRuntimes(stateDirs).flatMap(found => (found.state === 'alive' ? [found.record.pid] : [])))
  const looked: Looked[] = []
  const taken = new Map<number, Listener>()
  for (const listener of listenersOf(config)) {
    const {path, host, port} = listener
    const what = `port ${port} on ${host}`
    const before = taken.get(port)
    if (port !== 0 && before !== undefined && overlap(before.host, host)) {
      const message = `port ${port} is wanted twice: ${before.path.join('.')} has it too`
      looked.push({path, what, fault: {code: 'port.twice', message}})
      continue
    }
    taken.set(port, listener)
    looked.push({path, ...(await tryPort(host, port, ours, what))})
  }
  return looked
}

function listenersOf({server, observability: {metrics}, profiling}: Config): Listener[] {
  return [
    ...(server.plain ? [{path: ['server', 'port'], host: server.host, port: server.port}] : []),
    ...(server.tls ? [{path: ['server', 'tls', 'port'], host: server.host, port: server.tls.port}] : []),
    ...(metrics.enabled ? [{path: ['observability', 'metrics', 'port'], host: metrics.host, port: metrics.port}] : []),
    ...(profiling?.enabled ? [{path: ['profiling', 'port'], host: profiling.host, port: profiling.port}] : []),
  ]
}

function overlap(a: string, b: string): boolean {
  const all = (host: string): boolean => host === '0.0.0.0' || host === '::'
  return a === b || all(a) || all(b)
}

async function tryPort(
  host: string,
  port: number,
  ours: ReadonlySet<number>,
  what: string,
): Promise<Omit<Looked, 'path'>> {
  const error = await listenOnce(host, port)
  if (error === undefined) return {what: `${what}: free`}
  const code = errnoCode(error)
  if (code === 'EADDRINUSE') {
    if (await heldBy(port, ours)) return {what: `${what}: held by the running proxy`}
    const message = `port ${port} is in use${await describePortOwner(port)}`
    return {what, fault: {code: 'port.in_use', message, suggestion: 'stop that program, or choose another port'}}
  }
  if (code === 'EACCES')
    return {
      what,
      fault: {
        code: 'port.denied',
        message: `this user may not listen on port ${port}`,
        suggestion: 'choose one above 1023',
      },
    }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return {what, fault: {code: 'host.not_here', message: `${host} is no address of this machine`}}
  return {what, fault: {code: 'port.unusable', message: messageOf(error)}}
}

function listenOnce(host: string, port: number): Promise<Error | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({host, port, exclusive: true}, () => server.close(() => resolve(undefined)))
  })
}

async function heldBy(port: number, pids: ReadonlySet<number>): Promise<boolean> {
  if (pids.size === 0) return false
  const inodes = new Set(
    readListeningSockets()
      .filter(each => each.port === port)
      .map(({inode}) => inode),
  )
  const holders = await findSocketHolders(inodes, AbortSignal.timeout(1000))
  return [...holders.pids.values()].some(pid => pids.has(pid))
}
