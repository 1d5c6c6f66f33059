import {describe, expect, test} from 'vitest'
import type {Data} from '../../../src/tui/store/data.ts'
import {DemoWorld} from '../../../src/tui/store/demo-world.ts'
import {DataStore} from '../../../src/tui/store/store.ts'
import {asciiGlyphs, unicodeGlyphs} from '../../../src/tui/text/glyphs.ts'
import {lineText, lineWidth} from '../../../src/tui/text/line.ts'
import {bodyOf, contextOf} from '../../../src/tui/ui/body.ts'
import {layoutOf} from '../../../src/tui/ui/layout.ts'
import {initialUi, type UiState} from '../../../src/tui/ui/state.ts'
import {views} from '../../../src/tui/views/catalogue.ts'
import {listRows} from '../../../src/tui/views/list-rows.ts'
import {requestsView} from '../../../src/tui/views/requests.ts'
import {hostileTexts} from '../hostile.ts'

const sizes = [
  {cols: 120, rows: 40},
  {cols: 80, rows: 24},
  {cols: 40, rows: 10},
  {cols: 20, rows: 5},
  {cols: 300, rows: 100},
  {cols: 1, rows: 1},
]

function demoData(): DataStore {
  const world = new DemoWorld()
  const store = new DataStore({label: 'demo', ascii: false})
  const events = Array.from({length: 600}, () => world.step()).flat()
  store.applySnapshot(world.snapshot())
  for (const event of events) store.applyEvent(event)
  return store
}

/** Every free text of the demo replaced by one that means harm. */
function hostileData(ascii = false): Data {
  const world = new DemoWorld()
  const store = new DataStore({label: hostileTexts[1] ?? '', ascii})
  const events = Array.from({length: 300}, () => world.step()).flat()
  const now = world.snapshot()
  let next = 0
  const evil = (): string => hostileTexts[next++ % hostileTexts.length] ?? ''
  store.applySnapshot({
    ...now,
    version: evil(),
    servers: hostileTexts.map((text, index) => ({
      ...(now.servers[index % now.servers.length] ?? (now.servers[0] as (typeof now.servers)[number])),
      id: `${index}${text}`,
      name: evil(),
      target: evil(),
      stderrTail: [evil(), evil()],
      lastError: {at: evil(), kind: evil(), message: evil(), blame: 'backend-logic'},
    })),
  })
  for (const event of events) {
    if (event.type === 'request') {
      store.applyEvent({...event, target: evil(), message: evil(), client: evil(), requestId: evil(), serverId: evil()})
    } else if (event.type === 'log')
      store.applyEvent({...event, message: evil(), module: evil(), level: evil(), kind: evil()})
  }
  store.disconnected('2026-03-02T12:00:00Z', evil())
  return store
}

/** Each view, and each list with a detail open. */
function screensOf(data: Data): UiState[] {
  return views.flatMap(view => {
    const ui: UiState = {...initialUi, view}
    if (view.kind === 'document') return [ui]
    const rows: readonly unknown[] = listRows(view, data, '')
    return [ui, ...rows.slice(0, 25).map(row => ({...ui, detail: {key: view.key(row), row}}))]
  })
}

describe('every view', () => {
  test.each(sizes)('stays within $cols x $rows, whatever the rows say', size => {
    for (const data of [demoData(), hostileData()]) {
      for (const ui of screensOf(data)) {
        const layout = layoutOf(size, 1, null, 0)
        const {painted} = bodyOf(ui, contextOf(data, unicodeGlyphs), layout)
        expect(painted.length).toBeLessThanOrEqual(layout.body.rows)
        for (const line of painted) {
          expect(lineWidth(line)).toBeLessThanOrEqual(layout.body.cols)
          expect(lineText(line)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
        }
      }
    }
  })

  test('shows a hostile text as its signs, not as nothing', () => {
    const layout = layoutOf({cols: 120, rows: 40}, 0, null, 0)
    const data = hostileData()
    const text = screensOf(data)
      .flatMap(ui => bodyOf(ui, contextOf(data, unicodeGlyphs), layout).painted.map(lineText))
      .join('\n')
    expect(text).toContain('␛[2J')
    expect(text).toContain('<U+202E>')
  })

  test('draws with ASCII alone where the terminal knows no more', () => {
    const data = hostileData(true)
    const layout = layoutOf({cols: 80, rows: 24}, 0, null, 0)
    const own = new DataStore({label: 'demo', ascii: true})
    own.applySnapshot(new DemoWorld().snapshot())
    for (const ui of screensOf(own)) {
      for (const line of bodyOf(ui, contextOf(own, asciiGlyphs), layout).painted)
        expect(lineText(line)).toMatch(/^[ -~]*$/)
    }
    const text = screensOf(data)
      .flatMap(ui => bodyOf(ui, contextOf(data, asciiGlyphs), layout).painted.map(lineText))
      .join('')
    expect(text).toContain('^[[2J')
  })
})

describe('the filter', () => {
  const data = demoData()
  const filtered = (filter: string): number => listRows(requestsView, data, filter).length

  test('wants all words, in any case, and takes ! as without', () => {
    const github = filtered('GitHub')
    expect(github).toBeGreaterThan(0)
    expect(filtered('github error')).toBeLessThan(github)
    expect(filtered('github !error') + filtered('github error')).toBe(github)
    expect(filtered('')).toBe(data.requests.size)
    expect(filtered('nothing like this')).toBe(0)
  })
})
