import {keyLabel, keymap} from '../keymap.ts'
import type {Data} from '../store/data.ts'
import {formatClock, formatRate} from '../text/figures.ts'
import type {Glyphs} from '../text/glyphs.ts'
import {lineWidth, type Span, type StyledLine, span} from '../text/line.ts'
import {views} from '../views/catalogue.ts'
import type {View} from '../views/view.ts'
import {listState, scopeOf, type UiState} from './state.ts'

/** Who is looked at, and how it is: the first line, and all there is on a tiny screen. */
export function headerLine(data: Data, glyphs: Glyphs, cols: number): StyledLine {
  const {snapshot, connection} = data
  if (snapshot === undefined) return [span(`only1mcp  ${data.label}  connecting`)]
  const servers = data.servers.filter(server => server.status !== 'disabled')
  const up = servers.filter(server => server.status === 'up').length
  const stale = connection.state === 'stale'
  const good = !stale && snapshot.state === 'running'
  const state = [
    span(`${good ? glyphs.up : glyphs.down} ${stale ? 'gone' : snapshot.state}`, good ? 'good' : 'bad'),
    span(`  ${up}/${servers.length} up`, up === servers.length ? 'good' : 'bad'),
    span(`  ${formatRate(data.trend.at(-1)?.requestsPerSecond ?? 0)}/s`),
  ]
  const name = [span('only1mcp', 'accent'), span(`  ${data.label}  `)]
  const whole = [...name, ...state]
  const zone = 'times in UTC'
  const gap = cols - lineWidth(whole) - zone.length
  if (gap >= 2) return [...whole, span(' '.repeat(gap)), span(zone, 'dim')]
  return lineWidth(whole) <= cols ? whole : state
}

/** The views with their number keys; the one that is open stands in brackets. */
export function tabsLine(open: View, cols: number, mode: string): StyledLine {
  for (const letters of [20, 4, 1, 0]) {
    const line: Span[] = []
    for (const [index, view] of views.entries()) {
      const text = `${index + 1}${letters > 0 ? ` ${view.title.slice(0, letters)}` : ''}`
      line.push(view === open ? {text: `[${text}]`, role: 'strong', inverse: true} : span(` ${text} `))
    }
    const gap = cols - lineWidth(line) - mode.length
    if (gap >= 2) return [...line, span(' '.repeat(gap)), span(mode, 'dim')]
    if (lineWidth(line) <= cols) return line
  }
  return []
}

/** What has to be said about the screen itself, the most pressing first. */
export function noticeLines(ui: UiState, data: Data, live: Data, shownRows: number, glyphs: Glyphs): StyledLine[] {
  const lines: StyledLine[] = []
  const filter = ui.view.kind === 'list' ? listState(ui, ui.view.id).filter : ''
  if (ui.editing) lines.push([span('/', 'accent'), span(filter), {text: ' ', role: 'plain', inverse: true}])
  if (ui.toast !== null) lines.push([span(ui.toast.text, ui.toast.role)])
  if (live.connection.state === 'stale') {
    const {since, why} = live.connection
    lines.push([
      span(`${glyphs.alert} runtime gone since ${formatClock(since)}, last state kept, retrying`, 'bad'),
      span(`  ${why}`, 'dim'),
    ])
  }
  if (ui.paused) lines.push([span(`paused at ${formatClock(data.snapshot?.at ?? '')}; p goes on`, 'warn')])
  if (!ui.editing && filter !== '' && ui.detail === null) {
    lines.push([span(`filter: ${filter}`, 'accent'), span(`  ${shownRows} shown, esc drops it`, 'dim')])
  }
  return lines
}

/** The keys that count here, as many as fit. */
export function hintLine(ui: UiState, cols: number): StyledLine {
  const scope = scopeOf(ui)
  const line: Span[] = []
  for (const {command, hint, keys, scopes} of keymap) {
    if (hint === undefined || !scopes.includes(scope)) continue
    if (command === 'follow' && !(ui.view.kind === 'list' && ui.view.follows)) continue
    const more = [span(`${line.length > 0 ? '  ' : ''}${keyLabel(keys[0] ?? '')} `, 'strong'), span(hint, 'dim')]
    if (lineWidth([...line, ...more]) > cols) break
    line.push(...more)
  }
  return line
}
