import {type Check, type CheckContext, type CheckResult, fail, pass} from '../check.ts'
import type {Fact} from '../fact.ts'
import {noServers} from './per-server.ts'
import {type Probed, probed, probesOf} from './probed.ts'
import {shortList} from './short-list.ts'
import {snapshotOf} from './told-by-runtime.ts'

type Seen = Fact<'backend.probe' | 'control.snapshot' | 'logs.recent'>

/** Every server takes our credentials (the guide's `curl -H "Authorization: Bearer …"`). */
export const serversCredentials: Check<readonly ('backend.probe' | 'control.snapshot' | 'logs.recent')[]> = {
  id: 'servers.credentials',
  category: 'servers',
  severity: 'fail',
  title: 'every server accepts our credentials',
  docs: 'credentials-are-rejected',
  after: ['config.valid', 'config.variables', 'host.clock'],
  needs: context => [
    ...probesOf(context),
    `control.snapshot:${context.socket ?? ''}`,
    `logs.recent:${context.logDir ?? ''}`,
  ],
  run(facts, context) {
    const asked = probed(facts.filter(isProbe))
    if (asked.length === 0) return [noServers(context, 'that could be asked')]
    const bad = asked.filter(({probe}) => probe.failure?.kind === 'CredentialsRejected')
    if (bad.length === 0) return [pass('', `none of ${asked.length} servers rejected our credentials`)]
    const snapshot = facts.filter(isControl).map(snapshotOf)[0]
    const logged =
      facts.flatMap(fact => (isLogs(fact) && fact.state === 'known' ? [fact.value.rejectedSince] : []))[0] ?? {}
    return shortList(
      bad.map(each => {
        const known = snapshot?.servers.find(({id}) => id === each.id)
        const told = known?.lastError?.kind === 'CredentialsRejected' && known.status !== 'up' ? known.since : null
        const since = earlier(told, logged[each.id] ?? null)
        return rejected(each, since, context)
      }),
    )
  },
}

function rejected({id, probe}: Probed, since: string | null, {outline}: CheckContext): CheckResult {
  const {
    credentials = false,
    variables = [],
    credentialFault = null,
  } = outline?.servers.find(server => server.id === id) ?? {}
  const status = probe.failure?.httpStatus ?? null
  if (status === null) return certificateRejected({id, probe}, since)
  const [variable] = variables
  const todo =
    variable !== undefined
      ? `set ${variable} anew where the runtime is started and restart it`
      : credentials
        ? `renew the token of ${id} in the configuration`
        : `give ${id} a token (servers[].auth.token)`
  return fail(
    id,
    `${id}: credentials are rejected with ${status}${credentials ? '' : ', none are configured'}${since === null ? '' : `, since ${since}`}${credentialFault === null ? '' : `: the token ${credentialFault}`}`,
    {
      evidence: probe.failure?.evidence ? [probe.failure.evidence] : [],
      causes: [{id: 'config.variables'}],
      remedy: `${todo}, then only1mcp health check ${id}`,
    },
  )
}

/** No HTTP status: TLS ended it, over our certificate or the want of one. */
function certificateRejected({id, probe}: Probed, since: string | null): CheckResult {
  const {message = '', evidence = null} = probe.failure ?? {}
  const wanted = /wants a client certificate/.test(message)
  return fail(
    id,
    `${id}: credentials are rejected in the TLS handshake: ${message}${since === null ? '' : `, since ${since}`}`,
    {
      evidence: evidence === null ? [] : [evidence],
      causes: [{id: 'host.clock'}],
      remedy: `${wanted ? `set servers[].auth.tls.cert and .key of ${id}` : `only1mcp auth cert shows what the file in servers[].auth.tls.cert of ${id} is good for; have a new one issued`}, then only1mcp health check ${id}`,
    },
  )
}

function isProbe(fact: Seen): fact is Fact<'backend.probe'> {
  return fact.key.startsWith('backend.probe:')
}

function isControl(fact: Seen): fact is Fact<'control.snapshot'> {
  return fact.key.startsWith('control.snapshot')
}

function isLogs(fact: Seen): fact is Fact<'logs.recent'> {
  return fact.key.startsWith('logs.recent')
}

/** ISO-8601 UTC sorts as text. */
function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
