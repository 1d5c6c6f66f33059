import {type Check, info, pass, skip, warn} from '../../check.ts'
import {snapshotOf} from '../../checks/told-by-runtime.ts'
import {isLoopback} from '../../host-port.ts'

/** Who is not on this machine cannot send requests without end. */
export const accessRateLimits: Check<['control.snapshot']> = {
  id: 'access.rate_limits',
  category: 'auth',
  severity: 'warn',
  title: 'requests are limited where others reach the port',
  docs: 'requests-are-not-limited',
  after: ['config.valid'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control], {outline}) {
    if (outline === null)
      return [skip('', 'limits are not known: there is no valid configuration', {causes: [{id: 'config.valid'}]})]
    const host = snapshotOf(control)?.listen.host ?? outline.listen.host
    if (outline.rateLimited) return [pass(host, 'requests are limited by rate_limit')]
    if (isLoopback(host)) return [info(host, `requests are not limited; ${host} is reached from this machine alone`)]
    return [
      warn(host, `requests are not limited, and others reach ${host}`, {
        evidence: ['one client can take all connections of every server'],
        remedy: 'set rate_limit.per_principal or rate_limit.per_address, then only1mcp reload',
      }),
    ]
  },
}
