import type {Key} from 'ink'

const special: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
]

/**
 * The names of the keys in one input event of Ink, as the keymap spells them. Fast typing over a slow line comes as one
 * event of several letters: each counts.
 */
export function keyNames(input: string, key: Key): string[] {
  if (key.tab) return [key.shift ? 'shift+tab' : 'tab']
  for (const [flag, name] of special) if (key[flag] === true) return [name]
  if (key.meta) return []
  if (key.ctrl) return input === '' ? [] : [`ctrl+${input}`]
  return [...input].map(nameOfChar)
}

function nameOfChar(char: string): string {
  if (char === ' ') return 'space'
  if (char === '\r' || char === '\n') return 'enter'
  if (char === '\t') return 'tab'
  if (char === '\u001b') return 'esc'
  if (char === '\u007f' || char === '\b') return 'backspace'
  return char < ' ' ? `ctrl+${String.fromCharCode(char.charCodeAt(0) + 0x60)}` : char
}
