import {views} from './views/catalogue.ts'

/** Where a key counts: what is on the screen when it is pressed. */
export const scopes = ['list', 'document', 'detail', 'filter', 'confirm', 'typed-name', 'help'] as const
export type Scope = (typeof scopes)[number]

export type Command =
  | 'quit'
  | 'back'
  | 'up'
  | 'down'
  | 'top'
  | 'bottom'
  | 'page-up'
  | 'page-down'
  | 'next-view'
  | 'previous-view'
  | 'open'
  | 'filter'
  | 'filter-accept'
  | 'filter-cancel'
  | 'erase'
  | 'filter-empty'
  | 'follow'
  | 'pause'
  | 'help'
  | 'help-close'
  | 'repaint'
  | 'suspend'
  | 'confirm-yes'
  | 'confirm-no'
  | 'confirm-typed'
  | `view:${string}`
  | `action:${string}`

export interface KeyBinding {
  readonly command: Command
  /** Names as `key-names.ts` gives them. */
  readonly keys: readonly string[]
  readonly scopes: readonly Scope[]
  /** What help says. */
  readonly does: string
  /** The word for the hint line; without one the key stands in help only. */
  readonly hint?: string
}

const screens: readonly Scope[] = ['list', 'document', 'detail']
const scrolling: readonly Scope[] = [...screens, 'help']

/** The one table of keys: what is matched, what help lists and what the hint line shows all come from it. */
export const keymap: readonly KeyBinding[] = [
  {command: 'help', keys: ['?', 'h', 'f1'], scopes: screens, does: 'this help', hint: 'help'},
  ...views.map(
    (view, index): KeyBinding => ({
      command: `view:${view.id}`,
      keys: [String(index + 1)],
      scopes: scrolling,
      does: `view ${view.title}`,
    }),
  ),
  {command: 'next-view', keys: ['tab', 'right'], scopes: screens, does: 'next view'},
  {command: 'previous-view', keys: ['shift+tab', 'left'], scopes: screens, does: 'previous view'},
  {command: 'down', keys: ['j', 'down'], scopes: scrolling, does: 'down'},
  {command: 'up', keys: ['k', 'up'], scopes: scrolling, does: 'up'},
  {command: 'page-down', keys: ['ctrl+f', 'pagedown', 'space'], scopes: scrolling, does: 'a page down'},
  {command: 'page-up', keys: ['ctrl+b', 'pageup'], scopes: scrolling, does: 'a page up'},
  {command: 'top', keys: ['g', 'home'], scopes: scrolling, does: 'to the start'},
  {command: 'bottom', keys: ['G', 'end'], scopes: scrolling, does: 'to the end, follow'},
  {command: 'open', keys: ['enter'], scopes: ['list'], does: 'detail of the row', hint: 'detail'},
  {command: 'filter', keys: ['/'], scopes: ['list'], does: 'filter (words, !word)', hint: 'filter'},
  {command: 'follow', keys: ['f'], scopes: ['list'], does: 'follow the newest', hint: 'follow'},
  {command: 'pause', keys: ['p'], scopes: screens, does: 'pause, and go on', hint: 'pause'},
  {command: 'action:stop', keys: ['X'], scopes: screens, does: 'stop runtime (asks)'},
  {command: 'back', keys: ['q', 'esc'], scopes: screens, does: 'back; q also quits', hint: 'back/quit'},
  {command: 'quit', keys: ['ctrl+c'], scopes: [...scopes], does: 'quit'},
  {command: 'quit', keys: ['Q'], scopes: scrolling, does: 'quit'},
  {command: 'repaint', keys: ['ctrl+l'], scopes: [...scopes], does: 'paint anew'},
  {command: 'suspend', keys: ['ctrl+z'], scopes: [...scopes], does: 'to the shell (fg)'},
  {command: 'help-close', keys: ['q', 'esc', '?', 'enter'], scopes: ['help'], does: 'close help', hint: 'close'},
  {command: 'filter-accept', keys: ['enter'], scopes: ['filter'], does: 'keep it', hint: 'keep'},
  {command: 'filter-cancel', keys: ['esc'], scopes: ['filter'], does: 'drop it', hint: 'drop'},
  {command: 'erase', keys: ['backspace', 'delete'], scopes: ['filter', 'typed-name'], does: 'erase a letter'},
  {command: 'filter-empty', keys: ['ctrl+u'], scopes: ['filter'], does: 'erase all', hint: 'erase all'},
  {command: 'confirm-yes', keys: ['y', 'Y'], scopes: ['confirm'], does: 'do it', hint: 'do it'},
  {
    command: 'confirm-typed',
    keys: ['enter'],
    scopes: ['typed-name'],
    does: 'do it if it fits',
    hint: 'do it',
  },
  {command: 'confirm-no', keys: ['esc'], scopes: ['typed-name'], does: 'do not', hint: 'cancel'},
  {command: 'confirm-no', keys: ['n', 'N', 'esc', 'q'], scopes: ['confirm'], does: 'do not', hint: 'cancel'},
]

/** What a key means here. */
export function commandFor(key: string, scope: Scope): Command | undefined {
  return keymap.find(binding => binding.scopes.includes(scope) && binding.keys.includes(key))?.command
}

/** A key as people read it. */
export function keyLabel(key: string): string {
  return labels[key] ?? key.replace(/^ctrl\+/, '^')
}

const labels: Readonly<Record<string, string>> = {
  pagedown: 'PgDn',
  pageup: 'PgUp',
  'shift+tab': 'S-Tab',
  tab: 'Tab',
  enter: 'Enter',
  esc: 'Esc',
  space: 'Space',
  home: 'Home',
  end: 'End',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  backspace: 'Bksp',
  delete: 'Del',
  f1: 'F1',
}
