import {join} from 'node:path'
import {type Check, fail, pass, skip, warn} from '../check.ts'
import {shortList} from './short-list.ts'
import {afterRuntime, snapshotOf} from './told-by-runtime.ts'

/** No circuit breaker is open (the guide's "Circuit breaker constantly open"). */
export const serversBreakers: Check<['control.snapshot', 'store.breakers']> = {
  id: 'servers.breakers',
  category: 'servers',
  severity: 'fail',
  title: 'every circuit breaker is closed',
  docs: 'the-circuit-breaker-is-open',
  after: [...afterRuntime, 'servers.up'],
  needs: ({socket, stateDir}) => [
    `control.snapshot:${socket ?? ''}`,
    `store.breakers:${stateDir === null ? '' : join(stateDir, 'circuit_breakers.db')}`,
  ],
  run([control, kept]) {
    const snapshot = snapshotOf(control)
    if (snapshot !== null) {
      const open = snapshot.servers.filter(({breaker}) => breaker !== undefined && breaker.state !== 'closed')
      if (open.length === 0) return [pass('', 'every circuit breaker is closed')]
      return shortList(
        open.map(({id, breaker, lastError}) =>
          (breaker?.state === 'open' ? fail : warn)(
            id,
            `${id}: the circuit breaker is ${breaker?.state === 'open' ? 'open' : 'half-open'}`,
            {
              evidence: [
                `${breaker?.failures ?? 0} failures in a row, opened ${breaker?.transitions.open ?? 0} times`,
                ...(breaker?.retryAt ? [`lets a call through at ${breaker.retryAt}`] : []),
                ...(lastError === null ? [] : [`last error: ${lastError.kind}: ${lastError.message}`]),
              ],
              causes: [{id: 'servers.up', subject: id}],
              remedy: `it closes by itself when ${id} answers again: only1mcp health check ${id}`,
            },
          ),
        ),
      )
    }
    if (kept.state !== 'known') return [skip('', 'no circuit breaker is kept from an earlier run')]
    const open = kept.value.filter(({state}) => state !== 'closed')
    if (open.length === 0) return [pass('', 'every circuit breaker was closed when the runtime ended')]
    return shortList(
      open.map(({serverId, failures}) =>
        warn(serverId, `${serverId}: the circuit breaker was open when the runtime ended`, {
          evidence: [`${failures} failures in a row`],
          remedy: 'the next start goes on from there; deleting circuit_breakers.db in the state folder resets all',
        }),
      ),
    )
  },
}
