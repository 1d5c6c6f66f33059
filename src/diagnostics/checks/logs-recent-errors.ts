import type {ParsedErrorLine} from '../../logs/parse-line.ts'
import {formatDuration} from '../../shared/duration.ts'
import {type Cause, type Check, fail, notSeen, pass, warn} from '../check.ts'
import {aboutOf} from '../fact.ts'
import {isLiving} from '../sighting.ts'

/** What lines about one server follow from, nearest first. */
const ofServers = [
  'servers.up',
  'servers.breakers',
  'servers.errors',
  'servers.handshake',
  'servers.credentials',
  'servers.command',
  'network.tls',
  'network.connect',
  'network.dns',
]

/** Nothing went wrong lately, by error.log (the guide's "Recent Errors"). */
export const logsRecentErrors: Check<['logs.recent', 'runtime.record']> = {
  id: 'logs.recent_errors',
  category: 'logs',
  severity: 'warn',
  title: 'error.log holds no errors of the last 15 minutes',
  docs: 'errors-in-the-last-minutes',
  after: ['process.running', ...ofServers],
  needs: ({logDir}) => [`logs.recent:${logDir ?? ''}`, 'runtime.record'],
  run([logs, runtime], {pid}) {
    const folder = aboutOf(logs.key)
    const living = runtime.state === 'known' && runtime.value.some(isLiving)
    if (logs.state === 'absent' && !living) return [pass(folder, `no errors: ${logs.why}, and nothing ran`)]
    if (logs.state === 'absent') {
      return [
        warn(folder, `a runtime is running, but ${logs.why}`, {remedy: 'look at paths.logs and ONLY1MCP_LOG_DIR'}),
      ]
    }
    if (logs.state === 'error') {
      const then = pid === null ? 'the next start makes it anew' : `then kill -USR2 ${pid}: the runtime makes it anew`
      return [notSeen(logs, folder, {remedy: `ls -l ${folder}, and move aside what is no log file; ${then}`})]
    }
    if (logs.state !== 'known') return [notSeen(logs, folder)]

    const {errors, windowMs} = logs.value
    const window = formatDuration(windowMs)
    if (errors === null || errors.count === 0) return [pass(folder, `no errors in the last ${window}`)]
    const {count, panics, byKind, newest, servers, atLeast} = errors
    const say = panics > 0 ? fail : warn
    const number = `${atLeast ? 'at least ' : ''}${count} ${count === 1 ? 'error' : 'errors'}`
    return [
      say(folder, `${number} in the last ${window}${panics > 0 ? `, ${panics} of them a crash (PANIC)` : ''}`, {
        evidence: [byKind.map(({kind, count}) => `${count} ${kind}`).join(', '), ...newest.map(lineText)],
        // Lines about servers that something is wrong with tell of just that.
        causes:
          panics > 0
            ? []
            : [...ofStart(newest[0]), ...(servers ?? []).flatMap(subject => ofServers.map(id => ({id, subject})))],
        remedy: `read ${folder}/error.log${pointer(newest[0])}`,
      }),
    ]
  },
}

/** A runtime that could not start says so once for each time it was tried. */
function ofStart(newest: ParsedErrorLine | undefined): readonly Cause[] {
  return newest?.kind === 'StartFailed' ? [{id: 'process.running'}] : []
}

/** The story of the newest one, where it was a request; what is in a log is not taken into a command unseen. */
function pointer(line: ParsedErrorLine | undefined): string {
  const about = [line?.requestId, line?.kind].find(
    each => each != null && /^(?:[0-9a-f]{8}-\d{1,16}|[A-Z]\w{1,40})$/.test(each),
  )
  return about === undefined ? '' : `; only1mcp explain ${about}`
}

function lineText({at, kind, message, requestId, pairs}: ParsedErrorLine): string {
  const details = Object.entries(pairs).map(([key, value]) => `${key}=${value}`)
  return [at, kind, message, ...(requestId === null ? [] : [`request_id=${requestId}`]), ...details].join(' ')
}
