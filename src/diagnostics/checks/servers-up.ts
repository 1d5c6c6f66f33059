import type {ServerSnapshot} from '../../control/contract/server.ts'
import {formatDuration} from '../../shared/duration.ts'
import {type Check, type CheckResult, fail, info, pass, skip, warn} from '../check.ts'
import {endpointAdvice} from '../endpoint-advice.ts'
import {lastWords} from '../last-words.ts'
import {shortList} from './short-list.ts'

const stderrLines = 5
/** A loss is worth a word for this long. */
const recentMs = 60_000
/** Programs that are fetched first take long; none that is installed takes this long. */
const patienceMs = 10_000

/** Every enabled backend serves calls; each one that does not is a finding of its own. */
export const serversUp: Check<['control.snapshot']> = {
  id: 'servers.up',
  category: 'servers',
  severity: 'fail',
  title: 'every enabled server is up',
  docs: 'server-not-up',
  after: [
    'process.running',
    'control.answers',
    'network.dns',
    'network.connect',
    'network.tls',
    'servers.command',
    'servers.credentials',
    'servers.handshake',
  ],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = control.state === 'known' ? control.value.snapshot : null
    if (snapshot === null) {
      const causes = [{id: 'control.answers'}, {id: 'process.running'}]
      return [skip('', 'the servers could not be looked at: no runtime tells about them', {causes})]
    }
    const enabled = snapshot.servers.filter(({status}) => status !== 'disabled')
    if (enabled.length === 0) return [info('', 'no server is enabled: the runtime has nothing to serve')]
    const findings = enabled.flatMap(server => resultOf(server, snapshot.at))
    if (findings.length > 0) return shortList(findings)
    const tools = enabled.reduce((sum, server) => sum + server.tools, 0)
    return [pass('', `servers up: ${enabled.length} of ${enabled.length} (${tools} tools)`)]
  },
}

function resultOf(server: ServerSnapshot, at: string): CheckResult[] {
  const {id, status, since} = server
  switch (status) {
    case 'up':
      return cameBack(server, at) ? [backAgain(server)] : []
    case 'disabled':
      return []
    case 'starting': {
      const ms = Date.parse(at) - Date.parse(since)
      if (!(ms >= patienceMs)) return [info(id, `${id} is starting, since ${since}`)]
      return [
        fail(id, `server ${id} is not up: it does not answer its first message, started ${formatDuration(ms)} ago`, {
          evidence: evidenceOf(server),
          causes: explaining.map(cause => ({id: cause, subject: id})),
          remedy: remedyOf(server),
        }),
      ]
    }
    case 'stopped':
      return [info(id, `${id} is stopped, since ${since}`)]
    case 'restarting':
    case 'crash_loop':
    case 'down':
      return [
        fail(
          id,
          `server ${id} is ${words[status]}${server.lastError === null ? '' : `: ${server.lastError.message}`}`,
          {
            evidence: evidenceOf(server),
            causes: explaining.map(cause => ({id: cause, subject: id})),
            remedy: remedyOf(server),
          },
        ),
      ]
  }
}

function remedyOf(server: ServerSnapshot): string {
  const {id, transport, target, stderrTail, stdoutGarbage, lastError} = server
  if (transport !== 'stdio')
    return lastError === null ? `only1mcp doctor server ${id}` : endpointAdvice(failureOf(lastError), server)
  const [command = ''] = target.split(' ', 1)
  const printed = stdoutGarbage === undefined ? [] : [stdoutGarbage.last]
  const lines = [...(lastError === null ? [] : [lastError.message]), ...stderrTail, ...printed]
  return (
    lastWords(lines, {id, command})?.remedy ?? `run it by hand with the env of ${id} to see what it says: ${target}`
  )
}

/** The runtime tells the status within the sentence. */
function failureOf({kind, message}: NonNullable<ServerSnapshot['lastError']>) {
  const status = /\bHTTP (\d{3})\b/.exec(message)?.[1]
  return {kind, message, httpStatus: status === undefined ? null : Number(status)}
}

/** A server that was lost a moment ago and is there again: what was in flight failed, and it may happen again. */
function cameBack({lastError, restarts, since}: ServerSnapshot, at: string): boolean {
  const recent = Date.parse(at) - Date.parse(since) < recentMs
  return restarts > 0 && recent && lastError !== null && lastError.at <= since
}

function backAgain(server: ServerSnapshot): CheckResult {
  const {id, restarts, lastError} = server
  const times = restarts === 1 ? 'once' : `${restarts} times`
  return warn(id, `server ${id} is up again after it was lost ${times}: ${lastError?.message ?? ''}`, {
    evidence: evidenceOf(server),
    remedy: remedyOf(server),
  })
}

/** What would explain that one server is not up, nearest first; looked at only in a whole run. */
const explaining = [
  'servers.handshake',
  'servers.credentials',
  'servers.command',
  'network.tls',
  'network.connect',
  'network.dns',
]

const words = {
  restarting: 'not up but between two starts',
  crash_loop: 'not up: it ends again and again soon after its start',
  down: 'not up',
} as const

function evidenceOf(server: ServerSnapshot): string[] {
  const {status, since, restarts, nextStartAt, lastError, stderrTail, stdoutGarbage} = server
  return [
    `${status} since ${since}, restarts: ${restarts}`,
    ...(nextStartAt === null ? [] : [`next start: ${nextStartAt}`]),
    ...(lastError === null ? [] : [`${lastError.kind} at ${lastError.at}, fault of: ${lastError.blame}`]),
    ...stderrTail.slice(-stderrLines).map(line => `stderr: ${line}`),
    ...(stdoutGarbage === undefined || status === 'up' ? [] : [`stdout: ${stdoutGarbage.last}`]),
  ]
}
