import {setTimeout} from 'node:timers/promises'
import type {ControlEvent} from '../control/contract/events.ts'
import type {Source} from '../control/source.ts'
import {errnoCode} from '../shared/errors.ts'
import {DataStore} from './store/store.ts'
import {capabilities} from './term/caps.ts'
import {Grid} from './term/grid.ts'
import {lineText, type StyledLine, span} from './text/line.ts'
import {contextOf} from './ui/body.ts'
import {headerLine} from './ui/chrome.ts'
import {listLines} from './views/list-lines.ts'
import {listRows} from './views/list-rows.ts'
import {logsView} from './views/logs.ts'
import {overviewView} from './views/overview.ts'
import {requestsView} from './views/requests.ts'
import {serversView} from './views/servers.ts'
import type {ListView, ViewContext} from './views/view.ts'

const shownRequests = 10
const snapshotMs = 5000
/** How long `--once` looks: events come in meanwhile, and rates need two snapshots some time apart. */
const eventsMs = 500
/** Events that the runtime still has are asked for from this far back. */
const eventsBack = 200

export interface PlainOptions {
  readonly source: Source
  readonly env: NodeJS.ProcessEnv
  /** Takes one line, without its end. */
  readonly print: (line: string) => void
  readonly cols: number
}

/**
 * What the console would show, once and as plain text: overview, servers, the newest requests. The same `lines()` as on
 * the screen, without any escape sequence.
 * @throws AppError when the runtime does not answer
 */
export async function printOnce(options: PlainOptions): Promise<void> {
  const {source, env, cols, print} = options
  const {glyphs} = capabilities(env)
  const store = new DataStore({label: source.label, ascii: glyphs.ascii})
  const snapshot = await source.snapshot(AbortSignal.timeout(snapshotMs))
  store.applySnapshot(snapshot)
  const later = setTimeout(eventsMs)
  await takeEvents(source, Math.max(0, snapshot.seq - eventsBack), event => store.applyEvent(event))
  await later
  store.applySnapshot(await source.snapshot(AbortSignal.timeout(snapshotMs)))
  const context = contextOf(store, glyphs)
  const section = (title: string, lines: readonly StyledLine[]): void => {
    print('')
    print(title)
    for (const line of lines) print(plainText(line, cols, glyphs.ascii))
  }
  print(plainText(headerLine(store, glyphs, cols), cols, glyphs.ascii))
  for (const line of overviewView.lines(context, cols)) print(plainText(line, cols, glyphs.ascii))
  section('Servers', newestRows(serversView, context, cols, Number.POSITIVE_INFINITY))
  section('Requests', newestRows(requestsView, context, cols, shownRequests))
}

/**
 * A line for each thing that happens, until the signal: for terminals that cannot place a cursor, screen readers, pipes.
 * Ends when the runtime closes the connection.
 */
export async function printStream(options: PlainOptions, signal: AbortSignal): Promise<void> {
  const {source, env, print} = options
  const {glyphs} = capabilities(env)
  const store = new DataStore({label: source.label, ascii: glyphs.ascii})
  const snapshot = await source.snapshot(signal)
  store.applySnapshot(snapshot)
  await printOnce(options)
  print('')
  try {
    for await (const event of source.events(snapshot.seq, signal)) {
      store.applyEvent(event)
      const line = eventLine(event, contextOf(store, glyphs))
      if (line !== undefined) print(plainText(line, Number.POSITIVE_INFINITY, glyphs.ascii))
    }
  } catch (error) {
    if (!signal.aborted && errnoCode(error) !== 'ECONNRESET') throw error
  }
  if (!signal.aborted) print('the runtime closed the connection')
}

/** What a stream says of an event that the store has just taken in. */
function eventLine(event: ControlEvent, context: ViewContext): StyledLine | undefined {
  const {data} = context
  if (event.type === 'request') return rowLine(requestsView, context, data.requests.size - 1)
  if (event.type === 'log' || event.type === 'lifecycle') return rowLine(logsView, context, data.logs.size - 1)
  if (event.type !== 'server') return undefined
  return rowLine(
    serversView,
    context,
    data.servers.findIndex(server => server.id === event.server.id),
  )
}

function rowLine<Row>(view: ListView<Row>, context: ViewContext, index: number): StyledLine | undefined {
  const row = view.rowAt(context.data, index)
  if (row === undefined) return undefined
  return [span(view.noun), ...view.columns.map(column => span(`  ${column.cell(row, context).text}`))]
}

function newestRows<Row>(view: ListView<Row>, context: ViewContext, cols: number, count: number): StyledLine[] {
  const rows = listRows(view, context.data, '').slice(Number.isFinite(count) ? -count : 0)
  return listLines(view, rows, {top: 0, cursor: -1}, context, {cols, rows: rows.length + 2})
}

/** Through a grid row where there is a width, so that the second gate of the screen holds here too. */
function plainText(line: StyledLine, cols: number, ascii: boolean): string {
  const text = lineText(line)
  const row = new Grid(Math.min(cols, text.length * 2 + 1), 1, ascii)
  row.put(0, 0, text, 0)
  return row.rowText(0).trimEnd()
}

/** The events that the runtime still remembers, and those of the next moment. */
async function takeEvents(source: Source, since: number, take: (event: ControlEvent) => void): Promise<void> {
  const enough = new AbortController()
  const timer = globalThis.setTimeout(() => enough.abort(), eventsMs)
  try {
    for await (const event of source.events(since, enough.signal)) {
      take(event)
    }
  } catch (error) {
    if (!enough.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    enough.abort()
  }
}
