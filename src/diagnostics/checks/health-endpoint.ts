import type {Snapshot} from '../../control/contract/snapshot.ts'
import {type Check, fail, notSeen, pass, skip, warn} from '../check.ts'
import {aboutOf} from '../fact.ts'
import type {HealthAnswer} from '../fact-values.ts'
import {healthOf} from './health-of.ts'

/** `GET /health` answers 200 (the guide's "Health Check"). */
export const healthEndpoint: Check<['http.health', 'control.snapshot']> = {
  id: 'health.endpoint',
  category: 'network',
  severity: 'fail',
  title: 'the health endpoint says that the runtime can serve',
  docs: 'the-health-endpoint-does-not-say-200',
  after: ['process.running', 'port.owner', 'port.listening', 'servers.up'],
  needs: context => [healthOf(context), `control.snapshot:${context.socket ?? ''}`],
  run([health, control], {server}) {
    const about = aboutOf(health.key)
    const url = `${about.startsWith('https://') ? '' : 'http://'}${about}/health`
    const notThere = [{id: 'port.listening'}, {id: 'port.owner'}, {id: 'process.running'}]
    if (health.state === 'absent' && server.from === 'guess') return [notSeen(health, url)]
    if (health.state === 'absent' && server.port === 0 && server.from !== 'runtime') {
      return [skip(url, `which port the runtime uses could not be seen: ${health.why}`, {causes: notThere})]
    }
    if (health.state === 'absent') {
      return [
        fail(url, 'the health endpoint does not say 200: nothing answers', {evidence: [health.why], causes: notThere}),
      ]
    }
    if (health.state !== 'known') {
      const summary = 'the health endpoint does not say 200: no answer in time'
      const late = notSeen(health, url, {evidence: [health.why], causes: notThere})
      return [health.state === 'timeout' ? {...late, summary} : late]
    }

    const {status, ours, reason, ms} = health.value
    if (!ours) {
      return [
        fail(url, 'the health endpoint does not say 200: something else than the runtime answers', {
          evidence: foreignAnswer(health.value),
          causes: notThere,
          remedy: 'find out who holds the port: only1mcp doctor port.owner',
        }),
      ]
    }
    if (status === 200) return [pass(url, `${url} says 200 (${ms} ms)`)]
    const snapshot = control.state === 'known' ? control.value.snapshot : null
    if (snapshot !== null && isYoung(snapshot)) {
      return [warn(url, `the health endpoint does not say 200 yet: ${reason ?? 'the runtime has just been started'}`)]
    }
    return [
      fail(url, `the health endpoint does not say 200 but ${status}: ${reason ?? 'without a reason'}`, {
        causes: [{id: 'servers.up'}, {id: 'process.running'}],
        remedy: 'only1mcp health status shows the backends',
      }),
    ]
  },
}

/** As long as servers may take to answer for the first time. */
const youngMs = 10_000

function isYoung({at, startedAt, servers}: Snapshot): boolean {
  const coming = servers.some(({status}) => status === 'starting')
  const lost = servers.some(({status}) => status === 'down' || status === 'restarting' || status === 'crash_loop')
  return coming && !lost && Date.parse(at) - Date.parse(startedAt) < youngMs
}

function foreignAnswer({status, server, body}: HealthAnswer): string[] {
  if (status === null) return ['the answer is no HTTP']
  return [
    `HTTP ${status}${server === null ? '' : ` from ${server}`}`,
    ...(body === '' ? [] : [`its body begins: ${body}`]),
  ]
}
