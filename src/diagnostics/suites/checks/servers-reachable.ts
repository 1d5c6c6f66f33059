import type {Check, CheckContext, CheckResult} from '../../check.ts'
import {fail, notSeen, pass, skip, warn} from '../../check.ts'
import {noServers} from '../../checks/per-server.ts'
import type {Fact, FactKey} from '../../fact.ts'
import type {ProbeResult} from '../../facts/backends.ts'
import type {RuntimeProbe} from '../../facts/suites.ts'

type Asked = 'backend.probe' | 'runtime.probe'

/** Every configured server answers: to us, and to the running runtime over the connection that clients use. */
export const serversReachable: Check<readonly Asked[]> = {
  id: 'servers.reachable',
  category: 'servers',
  severity: 'fail',
  title: 'every configured server answers',
  docs: 'server-does-not-answer',
  after: ['config.valid', 'process.running'],
  needs: ({outline}) =>
    (outline?.servers ?? []).flatMap(({id}): FactKey<Asked>[] => [`backend.probe:${id}`, `runtime.probe:${id}`]),
  run(facts, context) {
    const servers = context.outline?.servers ?? []
    if (servers.length === 0) return [noServers(context, 'and enabled')]
    return servers.map(({id}) => {
      const direct = facts.find((fact): fact is Fact<'backend.probe'> => fact.key === `backend.probe:${id}`)
      const told = facts.find((fact): fact is Fact<'runtime.probe'> => fact.key === `runtime.probe:${id}`)
      if (direct === undefined || told === undefined) return skip(id, `${id} was not asked`)
      return resultOf(id, direct, told)
    })
  },
}

/** The same of one server, so that a case of its own tells of it as soon as it is known. */
export function serverReachable(id: string): Check<readonly Asked[]> {
  const only = (context: CheckContext): CheckContext => ({
    ...context,
    outline: context.outline && {
      ...context.outline,
      servers: context.outline.servers.filter(server => server.id === id),
    },
  })
  return {
    ...serversReachable,
    subject: id,
    needs: context => serversReachable.needs(only(context)),
    run: (facts, context) => serversReachable.run(facts, only(context)),
  }
}

function resultOf(id: string, direct: Fact<'backend.probe'>, told: Fact<'runtime.probe'>): CheckResult {
  const remedy = `only1mcp doctor server ${id}`
  const probe = direct.state === 'known' ? direct.value : null
  const runtime = told.state === 'known' ? told.value : null
  if (probe !== null && !probe.ok) {
    if (runtime?.ok === true)
      return warn(id, `${id} answers the runtime ${latencyOf(runtime)}, and not us: ${probe.failure?.message ?? ''}`, {
        evidence: evidenceOf(probe),
        remedy,
      })
    return fail(id, `${id} does not answer: ${probe.failure?.message ?? 'no reason'}`, {
      evidence: evidenceOf(probe),
      remedy,
    })
  }
  if (runtime !== null && !runtime.ok)
    return fail(
      id,
      `${id} does not answer${probe === null ? '' : ' the runtime'}: ${runtime.error ?? runtime.status}`,
      {
        evidence: [
          `asked by the runtime${runtime.latencyMs === null ? '' : ` for ${runtime.latencyMs} ms`}, status ${runtime.status}`,
          ...(runtime.blame === null ? [] : [`fault of: ${runtime.blame}`]),
          ...(probe === null ? [] : [`to us it answered in ${probe.openMs} ms`]),
        ],
        remedy,
      },
    )
  if (probe !== null || runtime !== null) return pass(id, `${id}: ${goodText(probe, runtime)}`)
  // Neither way told anything: a broken or late look counts more than one that was left out.
  const causes = [{id: 'process.running'}]
  for (const fact of [direct, told])
    if (fact.state === 'timeout' || fact.state === 'error')
      return notSeen({...fact, why: `${id} could not be asked: ${fact.why}`}, id, {remedy, causes})
  const unseen = told.state === 'denied' || direct.state === 'known' ? told : direct
  return skip(id, unseen.state === 'known' ? `${id} was not asked` : unseen.why, {remedy})
}

function goodText(probe: ProbeResult | null, runtime: RuntimeProbe | null): string {
  const parts = []
  if (probe !== null) parts.push(`handshake in ${probe.openMs} ms, ${probe.tools.length} tools`)
  if (runtime !== null)
    parts.push(`answers the runtime ${latencyOf(runtime)}${probe === null ? `, ${runtime.tools} tools` : ''}`)
  return parts.join('; ')
}

function latencyOf({latencyMs}: RuntimeProbe): string {
  return latencyMs === null ? 'at once' : `in ${latencyMs} ms`
}

function evidenceOf({failure, openMs, stderrTail}: ProbeResult): string[] {
  const blame = failure?.blame === undefined ? '' : `, fault of: ${failure.blame}`
  return [
    `${failure?.kind ?? 'Failed'} after ${openMs} ms${blame}`,
    ...(failure?.evidence ? [failure.evidence] : []),
    ...stderrTail.slice(-5).map(line => `stderr: ${line}`),
  ]
}
