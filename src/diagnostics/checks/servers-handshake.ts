import {type Check, type CheckResult, fail, pass} from '../check.ts'
import {noServers} from './per-server.ts'
import {lateProbes, type Probed, probed, probesOf} from './probed.ts'
import {shortList} from './short-list.ts'

/** Every server that can be asked beside the runtime does the handshake and lists its tools. */
export const serversHandshake: Check<readonly 'backend.probe'[]> = {
  id: 'servers.handshake',
  category: 'servers',
  severity: 'fail',
  title: 'every server does the handshake and lists its tools',
  docs: 'the-handshake-fails',
  after: ['network.dns', 'network.connect', 'network.tls', 'servers.command', 'servers.credentials'],
  needs: probesOf,
  run(facts, context) {
    const asked = probed(facts)
    const late = lateProbes(facts)
    const commandOf = (id: string) => context.outline?.servers.find(server => server.id === id)?.command ?? null
    if (asked.length + late.length === 0) return [noServers(context, 'that could be asked')]
    const bad = [...asked.flatMap(each => resultOf(each, commandOf(each.id))), ...late]
    if (bad.length > 0) return shortList(bad)
    const slowest = Math.max(...asked.map(({probe}) => probe.openMs))
    return [pass('', `${asked.length} servers did the handshake (${slowest} ms at most)`)]
  },
}

const causeIds = ['servers.credentials', 'servers.command', 'network.tls', 'network.connect', 'network.dns']

function resultOf({id, probe}: Probed, command: string | null): CheckResult[] {
  const {failure, step, stderrTail, openMs} = probe
  if (failure === null) return []
  const at = step === 'tools' ? 'lists no tools' : 'the handshake fails'
  return [
    fail(id, `${id}: ${at}: ${failure.message}`, {
      evidence: [
        `${failure.kind} after ${openMs} ms`,
        ...(failure.evidence === null ? [] : [failure.evidence]),
        ...stderrTail.slice(-5).map(line => `stderr: ${line}`),
      ],
      causes: causeIds.map(cause => ({id: cause, subject: id})),
      remedy: command
        ? `run ${command} by hand with the env of ${id} to see what it says`
        : `curl -v the endpoint of ${id} from this machine, then only1mcp health check ${id}`,
    }),
  ]
}
