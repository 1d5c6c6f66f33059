import {type Check, fail, pass} from '../check.ts'
import {noServers} from './per-server.ts'
import {probed, probesOf} from './probed.ts'
import {shortList} from './short-list.ts'

/** Every server takes our credentials (the guide's `curl -H "Authorization: Bearer …"`). */
export const serversCredentials: Check<readonly 'backend.probe'[]> = {
  id: 'servers.credentials',
  category: 'servers',
  severity: 'fail',
  title: 'every server accepts our credentials',
  docs: 'credentials-are-rejected',
  after: ['config.valid', 'config.variables'],
  needs: probesOf,
  run(facts, context) {
    const asked = probed(facts)
    if (asked.length === 0) return [noServers(context, 'that could be asked')]
    const bad = asked.filter(({probe}) => probe.failure?.kind === 'CredentialsRejected')
    if (bad.length === 0) return [pass('', `none of ${asked.length} servers rejected our credentials`)]
    return shortList(
      bad.map(({id, probe}) => {
        const sent = context.outline?.servers.find(server => server.id === id)?.credentials === true
        return fail(
          id,
          `${id}: credentials are rejected with ${probe.failure?.httpStatus ?? 'an error'}${sent ? '' : ': none are configured'}`,
          {
            evidence: probe.failure?.evidence ? [probe.failure.evidence] : [],
            causes: [{id: 'config.variables'}],
            remedy: sent
              ? `renew the token of ${id} where the runtime is started, then only1mcp health check ${id}`
              : `give ${id} a token (servers[].auth.token), then only1mcp health check ${id}`,
          },
        )
      }),
    )
  },
}
