import {closeSync, openSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeEach, expect, it} from 'vitest'
import {LiveBlock} from '../../src/cli/live-block.ts'
import {atEnd} from '../helpers/at-end.ts'
import {Screen} from '../helpers/screen.ts'
import {tempDir} from '../helpers/temp-dir.ts'

let path = ''
let output = {fd: -1, columns: 20}
let block: LiveBlock
beforeEach(() => {
  path = join(tempDir(), 'terminal')
  const fd = openSync(path, 'a')
  atEnd(() => closeSync(fd))
  output = {fd, columns: 20}
  block = new LiveBlock(output)
})

function written(): string {
  return readFileSync(path, 'utf8')
}

async function seen(before = ''): Promise<string[]> {
  const screen = new Screen(20, 6)
  screen.feed(before + written())
  await screen.settled()
  return screen.lines()
}

it('writes over itself, below what stood there', async () => {
  block.draw(['one', 'a long line', 'three'])
  block.draw(['one', 'two', 'three'])
  expect(await seen('above\r\n')).toEqual(['above', 'one', 'two', 'three', '', ''])
})

it('clears what is left of a longer one', async () => {
  block.draw(['one', 'two', 'three'])
  block.draw(['uno'])
  expect(await seen()).toEqual(['uno', '', '', '', '', ''])
})

it('sends only the lines that changed, and never clears a screen', () => {
  block.draw(['one', 'two'])
  writeFileSync(path, '')
  block.draw(['one', 'TWO'])
  expect(written()).toBe('\u001b[?2026h\u001b[2A\r\r\n\rTWO\u001b[K\r\n\u001b[?2026l')
})

it('finds its top again when the terminal has become narrower and broken its lines', async () => {
  const screen = new Screen(20, 6)
  block.draw(['0123456789abcdef', 'two'])
  screen.feed(`above\r\n${written()}`)
  await screen.settled()
  screen.resize(10, 6)
  writeFileSync(path, '')
  output.columns = 10
  block.draw(['0123', 'two'])
  screen.feed(written())
  await screen.settled()
  expect(screen.lines()).toEqual(['above', '0123', 'two', '', '', ''])
})

it('hides the cursor once, and gives it back once', () => {
  block.draw(['one'])
  block.draw(['two'])
  block.leave()
  block.leave()
  expect(written().split('\u001b[?25l')).toHaveLength(2)
  expect(written().split('\u001b[?25h')).toHaveLength(2)
})

it('begins anew where the cursor is, after others have written', async () => {
  block.draw(['one'])
  block.leave()
  writeFileSync(path, 'shell\r\n', {flag: 'a'})
  block.forget()
  block.draw(['two'])
  expect(await seen()).toEqual(['one', 'shell', 'two', '', '', ''])
})

it('tells when the terminal is gone', () => {
  const fd = openSync('/dev/full', 'w')
  atEnd(() => closeSync(fd))
  expect(new LiveBlock({fd, columns: 20}).draw(['one'])).toBe(false)
})
