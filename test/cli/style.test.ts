import {expect, test} from 'vitest'
import {paintFor} from '../../src/cli/style.ts'

const terminal = {isTTY: true}

test('colours on a terminal by SGR alone, and ends what it began', () => {
  expect(paintFor(terminal, {TERM: 'xterm'})('good', 'fine')).toBe('\u001b[32mfine\u001b[39m')
})

test.each([
  ['off a terminal', {}, {TERM: 'xterm'}],
  ['with NO_COLOR', terminal, {TERM: 'xterm', NO_COLOR: '1'}],
  ['on a dumb terminal', terminal, {TERM: 'dumb'}],
])('leaves text as it is %s', (_, stream, env) => {
  expect(paintFor(stream, env)('bad', 'text')).toBe('text')
})

test('an empty NO_COLOR says nothing', () => {
  expect(paintFor(terminal, {NO_COLOR: ''})('quiet', 'x')).not.toBe('x')
})
