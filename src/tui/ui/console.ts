import type {Action} from '../../control/action.ts'
import type {Source} from '../../control/source.ts'
import {messageOf} from '../../shared/errors.ts'
import {safeText} from '../../shared/safe-text.ts'
import {type Command, commandFor} from '../keymap.ts'
import type {Data} from '../store/data.ts'
import type {DataStore} from '../store/store.ts'
import {compose} from '../term/compositor.ts'
import type {Grid} from '../term/grid.ts'
import type {Glyphs} from '../text/glyphs.ts'
import type {Role} from '../text/line.ts'
import type {Chrome} from './app.tsx'
import {type Body, bodyOf, contextOf, rowsOf} from './body.ts'
import {headerLine, hintLine, noticeLines, tabsLine} from './chrome.ts'
import {confirmLines} from './confirm.ts'
import {helpFit} from './help-rows.ts'
import {layoutOf} from './layout.ts'
import {reduce, type Shown, typeText} from './reduce.ts'
import {initialUi, listState, type Size, scopeOf, type UiState} from './state.ts'

const toastMs = 5000
/** Longest time between two screens while data comes in: ten a second. Keys are answered at once. */
const frameMs = 100

export interface ConsoleOptions {
  readonly source: Source
  readonly store: DataStore
  readonly glyphs: Glyphs
  readonly size: Size
  readonly signal: AbortSignal
  readonly paint: (grid: Grid) => void
  readonly quit: () => void
  readonly suspend: () => void
  readonly repaint: () => void
}

/**
 * The console between keys, data and screen. It holds what the operator chose, tells React what to draw around the body,
 * paints the body itself, and runs what a key asks for.
 */
export class Console {
  readonly #options: ConsoleOptions
  readonly #chromeListeners = new Set<() => void>()
  #ui: UiState = initialUi
  #size: Size
  #frozen: Data | undefined
  #chrome: Chrome
  #chromeText = ''
  #body: Body
  #frame = ''
  #frameTimer: NodeJS.Timeout | undefined
  #soon: NodeJS.Immediate | undefined
  #toastTimer: NodeJS.Timeout | undefined

  constructor(options: ConsoleOptions) {
    this.#options = options
    this.#size = options.size
    const made = this.#make()
    this.#chrome = made.chrome
    this.#body = made.body
  }

  readonly chrome = (): Chrome => this.#chrome

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#chromeListeners.add(changed)
    return () => this.#chromeListeners.delete(changed)
  }

  /** Ink drew its part. */
  readonly onFrame = (frame: string): void => {
    if (frame === this.#frame) return
    this.#frame = frame
    this.#paintSoon()
  }

  /** Data came in: shown with the next screen. */
  readonly onData = (): void => {
    this.#frameTimer ??= setTimeout(() => {
      this.#frameTimer = undefined
      this.refresh()
    }, frameMs)
  }

  readonly onKey = (key: string): void => {
    const scope = scopeOf(this.#ui)
    const command = commandFor(key, scope)
    if (command !== undefined) this.#run(command)
    else if (scope === 'filter' || scope === 'typed-name') {
      const text = key === 'space' ? ' ' : [...key].length === 1 ? key : ''
      this.#ui = typeText(this.#ui, text)
    }
    this.refresh()
  }

  /** A paste is text, never keys. */
  readonly onPaste = (text: string): void => {
    this.#ui = typeText(this.#ui, text)
    this.refresh()
  }

  resize(size: Size): void {
    this.#size = size
    this.refresh()
  }

  /** Computes the screen anew and paints what changed. */
  refresh(): void {
    const {chrome, body} = this.#make()
    this.#body = body
    const text = JSON.stringify(chrome)
    if (text !== this.#chromeText) {
      this.#chromeText = text
      this.#chrome = chrome
      for (const listener of this.#chromeListeners) listener()
    }
    this.#paintSoon()
  }

  close(): void {
    clearTimeout(this.#frameTimer)
    clearTimeout(this.#toastTimer)
    clearImmediate(this.#soon)
  }

  /** After React had its turn, so that body and chrome change in one screen. */
  #paintSoon(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined
      const {layout} = this.#chrome
      const region = layout.chrome ? {rect: layout.body, lines: this.#body.painted} : undefined
      const {glyphs, paint} = this.#options
      paint(compose(this.#size, this.#frame, region, layout.overlay, glyphs.ascii))
    })
  }

  #make(): {chrome: Chrome; body: Body} {
    const {store, glyphs} = this.#options
    const data = this.#frozen ?? store
    const ui = this.#ui
    const size = this.#size
    const notices = noticeLines(ui, data, store, rowsOf(ui, data).length, glyphs)
    const question =
      ui.overlay?.kind === 'confirm'
        ? confirmLines(ui.overlay.action, ui.overlay.typed, Math.min(size.cols, 76) - 4, glyphs.ascii)
        : []
    const layout = layoutOf(size, notices.length, ui.overlay, question.length + 2)
    const body = bodyOf(ui, contextOf(data, glyphs), layout)
    const chrome: Chrome = {
      size,
      glyphs,
      layout,
      header: headerLine(store, glyphs, size.cols),
      tabs: tabsLine(ui.view, size.cols, this.#mode()),
      notices,
      hints: hintLine(ui, size.cols),
      overlay:
        ui.overlay === null
          ? null
          : ui.overlay.kind === 'help'
            ? {kind: 'help', top: ui.overlay.top}
            : {kind: 'lines', lines: question},
    }
    return {chrome, body}
  }

  #run(command: Command): void {
    const {quit, suspend, repaint} = this.#options
    if (command === 'quit') quit()
    else if (command === 'suspend') suspend()
    else if (command === 'repaint') repaint()
    else if (command === 'pause') this.#pause()
    else if (command === 'confirm-yes' || command === 'confirm-typed') this.#confirmed(command)
    else if (command.startsWith('action:')) this.#ask(command.slice('action:'.length))
    else {
      const before = this.#ui
      this.#ui = reduce(before, command, this.#shown())
      if (command === 'back' && this.#ui === before) quit()
    }
  }

  /** Help scrolls by its own length. */
  #shown(): Shown {
    if (this.#ui.overlay?.kind !== 'help') return this.#body
    const {rowsPerColumn, lines} = helpFit(this.#chrome.layout.body)
    return {rows: [], height: rowsPerColumn, lines}
  }

  #pause(): void {
    const paused = !this.#ui.paused
    this.#ui = {...this.#ui, paused}
    this.#frozen = paused ? this.#options.store.freeze() : undefined
  }

  #mode(): string {
    const {view} = this.#ui
    const following = view.kind === 'list' && view.follows && listState(this.#ui, view.id).follow
    return `${following ? 'following, ' : ''}${this.#actions().length > 0 ? 'actions allowed' : 'read-only'}`
  }

  #actions(): readonly Action[] {
    return this.#options.source.actions()
  }

  #ask(id: string): void {
    const action = this.#actions().find(each => each.id === id)
    if (action === undefined) {
      this.#toast('read-only: start the console with --allow-actions', 'warn')
      return
    }
    this.#ui = {...this.#ui, overlay: {kind: 'confirm', action, typed: ''}}
    if (action.confirm === 'none') this.#confirmed('confirm-yes')
  }

  #confirmed(command: 'confirm-yes' | 'confirm-typed'): void {
    const {overlay} = this.#ui
    if (overlay?.kind !== 'confirm') return
    if (command === 'confirm-typed' && overlay.typed !== overlay.action.target) {
      this.#toast(`the name is ${overlay.action.target}`, 'warn')
      return
    }
    this.#ui = {...this.#ui, overlay: null}
    void this.#perform(overlay.action)
  }

  async #perform(action: Action): Promise<void> {
    const {source, signal} = this.#options
    this.#toast(`${action.title} …`, 'accent')
    try {
      const {ok, message} = await source.run(action, signal)
      this.#toast(`${action.title}: ${message}`, ok ? 'good' : 'bad')
    } catch (error) {
      if (!signal.aborted) this.#toast(`${action.title} failed: ${messageOf(error)}`, 'bad')
    }
    this.refresh()
  }

  #toast(text: string, role: Role): void {
    const safe = safeText(text, {ascii: this.#options.glyphs.ascii, max: 400})
    this.#ui = {...this.#ui, toast: {text: safe, role}}
    clearTimeout(this.#toastTimer)
    this.#toastTimer = setTimeout(() => {
      this.#ui = {...this.#ui, toast: null}
      this.refresh()
    }, toastMs)
  }
}
