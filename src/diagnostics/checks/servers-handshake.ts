import {tellingLines} from '../../shared/telling-lines.ts'
import {type Check, type CheckResult, fail, pass} from '../check.ts'
import {endpointAdvice} from '../endpoint-advice.ts'
import type {ServerOutline} from '../facts/config.ts'
import {lastWords} from '../last-words.ts'
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
    const outlineOf = (id: string) => context.outline?.servers.find(server => server.id === id)
    if (asked.length + late.length === 0) return [noServers(context, 'that could be asked')]
    const bad = [...asked.flatMap(each => resultOf(each, outlineOf(each.id))), ...late]
    if (bad.length > 0) return shortList(bad)
    const slowest = Math.max(...asked.map(({probe}) => probe.openMs))
    return [pass('', `${asked.length} servers did the handshake (${slowest} ms at most)`)]
  },
}

const causeIds = ['servers.credentials', 'servers.command', 'network.tls', 'network.connect', 'network.dns']

function resultOf({id, probe}: Probed, outline: ServerOutline | undefined): CheckResult[] {
  const {failure, step, stderrTail, openMs} = probe
  if (failure === null) return []
  const at = step === 'tools' ? 'lists no tools' : 'the handshake fails'
  const command = outline?.command ?? null
  const heard = [...stderrTail, ...(failure.evidence?.split('; ') ?? [])]
  const words = command === null ? null : lastWords(heard, {id, command})
  const line = words?.line ?? tellingLines(stderrTail)[0]?.slice(0, 200)
  // What a program said last is in the evidence of its end already.
  const evidence = stderrTail.length > 0 && failure.kind === 'BackendExited' ? null : failure.evidence
  return [
    fail(id, `${id}: ${at}: ${failure.message}${line === undefined ? '' : ` (${line})`}`, {
      evidence: [
        `${failure.kind} after ${openMs} ms`,
        ...(evidence === null ? [] : [evidence]),
        ...stderrTail.slice(-5).map(line => `stderr: ${line}`),
      ],
      causes: causeIds.map(cause => ({id: cause, subject: id})),
      remedy: outline?.command
        ? (words?.remedy ?? `run it by hand with the env of ${id} to see what it says: ${outline.target}`)
        : outline === undefined
          ? `only1mcp health check ${id}`
          : endpointAdvice(failure, outline),
    }),
  ]
}
