import {capabilities} from '../tui/term/caps.ts'
import {unicodeGlyphs} from '../tui/text/glyphs.ts'
import type {TableLook} from './fitted-table.ts'
import type {HistoryLook} from './history-text.ts'
import {outputColumns} from './output-columns.ts'
import {paintFor} from './style.ts'

/** How tables look on this process's stdout. What is no terminal gets names as they are, whatever the locale. */
export function tableLook(): TableLook {
  const {stdout, env} = process
  return {
    cols: outputColumns(stdout, env),
    glyphs: stdout.isTTY === true ? capabilities(env).glyphs : unicodeGlyphs,
    paint: paintFor(stdout, env),
  }
}

/** Bars follow the locale wherever they go: nothing of the data is lost by it. */
export function historyLook(): HistoryLook {
  return {...tableLook(), bars: capabilities(process.env).glyphs}
}
