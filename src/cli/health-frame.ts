import type {Snapshot} from '../control/contract/snapshot.ts'
import {formatDuration} from '../shared/duration.ts'
import {safeText} from '../shared/safe-text.ts'
import {formatClock} from '../tui/text/figures.ts'
import {cutText, textWidth} from '../tui/text/width.ts'
import {asciiText} from './fitted-table.ts'
import {type HealthLook, healthDocument, healthLines, isDown, type ServerHealth} from './health-report.ts'

/** The runtime that was there does not answer any more. */
export interface Lost {
  /** When the first look began that found nobody, milliseconds since the epoch. */
  readonly sinceMs: number
  readonly code: string
  readonly why: string
}

/** What is known: the newest state that was seen, however old it is. */
export interface HealthView {
  readonly snapshot: Snapshot
  readonly lost: Lost | null
}

export interface FrameLook extends HealthLook {
  /** Lines that there are; undefined where there is no end of them. */
  readonly rows: number | undefined
}

/** The whole picture, never higher than `rows` or wider than `cols`. */
export function healthFrame(view: HealthView, look: FrameLook): string[] {
  const {servers} = healthDocument(view.snapshot)
  const rows = look.rows ?? Number.POSITIVE_INFINITY
  const head = headLines(view, servers, look)
  const left = rows - head.length
  if (servers.length === 0) return [...head, cut('no servers are configured', look)].slice(0, Math.max(1, rows))
  if (servers.length + 1 <= left) return [...head, ...healthLines(servers, look)]
  // A line for the header of the table, one for those that are not shown; what is down comes first then.
  const room = Math.max(0, left - 2)
  const urgent = urgentFirst(servers)
  const hidden = urgent.slice(room)
  const more = cut(`${look.glyphs.cut} ${hidden.length} more not shown: ${counts(hidden)}`, look)
  const table = room === 0 ? [] : healthLines(urgent.slice(0, room), look)
  return [...head, ...table, more].slice(0, Math.max(1, rows))
}

function headLines({snapshot, lost}: HealthView, servers: readonly ServerHealth[], look: FrameLook): string[] {
  const now = formatClock(new Date(look.now).toISOString())
  const {version, pid, state, listen} = snapshot
  const who = `only1mcp ${version} on ${listen.host}:${listen.port}, pid ${pid}`
  const count = `${servers.length} server${servers.length === 1 ? '' : 's'}${servers.length === 0 ? '' : `: ${counts(servers)}`}`
  if (lost === null) return [cut(`${now}  ${state}  ${count}  ${who}`, look)]
  const since = new Date(lost.sinceMs).toISOString()
  const what = lost.code === 'CONTROL_TIMEOUT' ? 'silent' : 'gone'
  const gone = `runtime ${what} since ${formatClock(since)} (${formatDuration(Math.max(0, look.now - lost.sinceMs))}), last state of ${formatClock(snapshot.at)} kept`
  return [
    cut(`${now}  ${what}  ${count}  ${who}`, look),
    look.paint('bad', cut(gone, look)),
    look.paint('quiet', cut(lost.why, look)),
  ]
}

/** `970 up, 6 down`, the bad ones first. */
function counts(servers: readonly ServerHealth[]): string {
  const found = new Map<ServerHealth['status'], number>()
  for (const {status} of urgentFirst(servers)) found.set(status, (found.get(status) ?? 0) + 1)
  return [...found].map(([status, count]) => `${count} ${status}`).join(', ')
}

function urgentFirst(servers: readonly ServerHealth[]): ServerHealth[] {
  const rank = (server: ServerHealth): number =>
    isDown(server) ? 0 : server.status === 'starting' ? 1 : server.status === 'up' ? 2 : 3
  return servers.toSorted((a, b) => rank(a) - rank(b))
}

function cut(text: string, {cols, glyphs}: FrameLook): string {
  const safe = safeText(text, {ascii: glyphs.ascii})
  const shown = glyphs.ascii ? asciiText(safe) : safe
  if (cols === undefined || textWidth(shown) <= cols) return shown
  return `${cutText(shown, Math.max(0, cols - 1))}${glyphs.cut}`
}
