import type {Snapshot} from '../control/contract/snapshot.ts'
import type {Backend} from './backend.ts'
import type {HealthReport} from './http-server.ts'

/** 200 while the runtime can serve: not while it starts or drains, and not with servers configured and none of them up. */
export function healthReport(state: Snapshot['state'], backends: readonly Backend[]): HealthReport {
  const servers = Object.fromEntries(backends.map(backend => [backend.id, backend.status]))
  if (state === 'draining') return {status: 'draining', reason: 'the runtime is shutting down', servers}
  const enabled = backends.filter(backend => backend.status !== 'disabled')
  if (state === 'starting') return {status: 'starting', reason: 'the runtime is starting', servers}
  if (enabled.length === 0 || enabled.some(backend => backend.usable)) return {status: 'ok', servers}
  const waiting = enabled.filter(backend => backend.status === 'starting')
  if (waiting.length > 0) {
    return {
      status: 'starting',
      reason: `no server is up yet: ${waiting.map(backend => backend.id).join(', ')} starting`,
      servers,
    }
  }
  const down = enabled.map(backend => `${backend.id} (${backend.status.replace('_', ' ')})`).join(', ')
  return {status: 'unavailable', reason: `no server is usable: ${down}`, servers}
}
