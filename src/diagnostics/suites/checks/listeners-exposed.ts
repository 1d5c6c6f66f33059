import type {Snapshot} from '../../../control/contract/snapshot.ts'
import {type Check, fail, pass, skip, warn} from '../../check.ts'
import {snapshotOf} from '../../checks/told-by-runtime.ts'
import {formatHostPort, type HostPort, isLoopback} from '../../host-port.ts'

const title = (what: string) => `${what} are served to this machine alone`

/** Metrics tell names of servers and methods, and nobody is asked for credentials there. */
export const metricsExposed: Check<['control.snapshot']> = {
  id: 'metrics.exposed',
  category: 'auth',
  severity: 'warn',
  title: title('metrics'),
  docs: 'metrics-are-served-to-others',
  after: ['config.valid'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control], {outline}) {
    const snapshot = snapshotOf(control)
    if (snapshot === null && outline === null) return [skip('', 'where metrics are served is not known')]
    const at = snapshot === null ? (outline?.metrics ?? null) : metricsOf(snapshot)
    if (at === null) return [pass('', 'no metrics are served')]
    const address = formatHostPort(at)
    if (isLoopback(at.host)) return [pass(address, `metrics are served on ${address}: this machine alone`)]
    return [
      warn(address, `metrics are served to others, on ${address}`, {
        evidence: ['names of servers, methods and counts, to everybody who reaches the port'],
        remedy: 'set observability.metrics.host to 127.0.0.1 or the address of the network of Prometheus, then restart',
      }),
    ]
  },
}

function metricsOf({listen: {metricsHost, metricsPort}}: Snapshot): HostPort | null {
  return metricsHost === null || metricsPort === null ? null : {host: metricsHost, port: metricsPort}
}

/** A heap profile holds whatever the runtime has in memory, secrets too. */
export const profilingExposed: Check<['control.snapshot']> = {
  id: 'profiling.exposed',
  category: 'auth',
  severity: 'fail',
  title: title('profiles'),
  docs: 'profiles-are-served-to-others',
  after: ['config.valid'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control], {outline}) {
    const snapshot = snapshotOf(control)
    if (snapshot === null && outline === null) return [skip('', 'where profiles are served is not known')]
    const at = snapshot === null ? (outline?.profiling ?? null) : (snapshot.profiling ?? null)
    if (at === null) return [pass('', 'no profiles are served')]
    const address = formatHostPort(at)
    if (isLoopback(at.host)) return [pass(address, `profiles are served on ${address}: this machine alone`)]
    return [
      fail(address, `profiles are served to others, on ${address}`, {
        evidence: ['a heap profile holds texts of requests and secrets'],
        remedy: 'set profiling.host to 127.0.0.1, or start without --profile; only1mcp profile heap needs no port',
      }),
    ]
  },
}
