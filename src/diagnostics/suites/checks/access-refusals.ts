import {type Check, type CheckContext, fail, info, notSeen, pass, skip} from '../../check.ts'
import {snapshotOf} from '../../checks/told-by-runtime.ts'
import type {FactKey} from '../../fact.ts'
import {formatHostPort} from '../../host-port.ts'

type Refusals = FactKey<'proxy.refusals'>

const docs = {
  host: 'a-request-with-a-foreign-host-is-answered',
  origin: 'a-request-of-a-foreign-origin-is-answered',
  anonymous: 'a-request-without-credentials-is-answered',
} as const
const after = ['process.running', 'port.listening'] as const

function refusalsOf({server}: CheckContext): Refusals {
  return `proxy.refusals:${server.tls === true ? 'https://' : ''}${formatHostPort(server)}`
}

/** Refused means one of the statuses for it, or the end of the connection; whatever else is an answer. */
function isRefused(status: number | null): boolean {
  return status === null || [400, 401, 403, 421].includes(status)
}

/** The same was said to a request that is all right but for its missing credentials: it may be for want of these. */
function isUntold(status: number | null, anonymous: number | null): boolean {
  return status === anonymous && isRefused(status)
}

function shown(status: number | null): string {
  return status === null ? 'the connection was ended' : `HTTP ${status}`
}

const causes = after.map(id => ({id}))
const unasked = (why: string) => skip('', `no request could be sent: ${why}`, {causes, remedy: 'only1mcp start'})
const late = {causes, remedy: 'only1mcp doctor process.running port.listening'}
const untold = (url: string, status: number | null) =>
  skip(url, `every request without credentials is refused (${shown(status)}): what would happen with them is not told`)

/** A name that somebody else's DNS points at this address does not open the proxy (DNS rebinding). */
export const accessForeignHost: Check<['proxy.refusals']> = {
  id: 'access.foreign_host',
  category: 'auth',
  severity: 'fail',
  title: 'a request for a foreign Host is refused',
  docs: docs.host,
  after,
  needs: context => [refusalsOf(context)],
  run([answers]) {
    if (answers.state === 'absent') return [unasked(answers.why)]
    if (answers.state !== 'known') return [notSeen(answers, '', late)]
    const {url, foreignHost, anonymous} = answers.value
    if (isUntold(foreignHost, anonymous)) return [untold(url, foreignHost)]
    if (isRefused(foreignHost)) return [pass(url, `a request for a foreign Host is refused: ${shown(foreignHost)}`)]
    return [
      fail(url, `a request with a foreign Host is answered: ${shown(foreignHost)}`, {
        evidence: ['Host: attacker.invalid, as after DNS rebinding in a browser on this machine'],
        remedy: 'take names that are not yours out of server.allowed_hosts, then only1mcp doctor port.owner',
      }),
    ]
  },
}

/** A page of another site cannot use the proxy through the browser of somebody on this machine. */
export const accessForeignOrigin: Check<['proxy.refusals']> = {
  id: 'access.foreign_origin',
  category: 'auth',
  severity: 'fail',
  title: 'a request of a foreign Origin is refused',
  docs: docs.origin,
  after,
  needs: context => [refusalsOf(context)],
  run([answers]) {
    if (answers.state === 'absent') return [unasked(answers.why)]
    if (answers.state !== 'known') return [notSeen(answers, '', late)]
    const {url, foreignOrigin, anonymous} = answers.value
    if (isUntold(foreignOrigin, anonymous)) return [untold(url, foreignOrigin)]
    if (isRefused(foreignOrigin))
      return [pass(url, `a request of a foreign Origin is refused: ${shown(foreignOrigin)}`)]
    return [
      fail(url, `a request of a foreign Origin is answered: ${shown(foreignOrigin)}`, {
        evidence: ['Origin: http://attacker.invalid, as from a page of another site'],
        remedy: 'take origins that are not yours out of server.allowed_origins, then only1mcp doctor port.owner',
      }),
    ]
  },
}

/** Where credentials are configured, nobody comes in without. */
export const accessAnonymous: Check<['proxy.refusals', 'control.snapshot']> = {
  id: 'access.anonymous',
  category: 'auth',
  severity: 'fail',
  title: 'a request without credentials is refused, where auth is on',
  docs: docs.anonymous,
  after: ['config.valid', 'config.drift', ...after],
  needs: context => [refusalsOf(context), `control.snapshot:${context.socket ?? ''}`],
  run([answers, control], {outline}) {
    const methods = outline?.authMethods ?? []
    const guarded = methods.length > 0 || snapshotOf(control)?.access?.authenticates === true
    if (!guarded) return [info('', 'no credentials are wanted: auth is off')]
    if (answers.state === 'absent') return [unasked(answers.why)]
    if (answers.state !== 'known') return [notSeen(answers, '', late)]
    const {url, anonymous} = answers.value
    const how = methods.length === 0 ? '' : ` (${methods.join(', ')})`
    if (isRefused(anonymous)) return [pass(url, `a request without credentials is refused${how}: ${shown(anonymous)}`)]
    return [
      fail(url, `a request without credentials is answered: ${shown(anonymous)}`, {
        evidence: [`the configuration wants credentials${how}`],
        causes: [{id: 'config.drift'}],
        remedy: 'only1mcp reload, then this again',
      }),
    ]
  },
}
