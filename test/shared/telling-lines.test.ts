import {expect, test} from 'vitest'
import {tellingLines} from '../../src/shared/telling-lines.ts'

const nodeCrash = `node:internal/modules/cjs/loader:1386
  throw err;
  ^

Error: Cannot find module '/nope/server.js'
    at Module._resolveFilename (node:internal/modules/cjs/loader:1383:15)
    at node:internal/main/run_main_module:33:47 {
  code: 'MODULE_NOT_FOUND',
  requireStack: []
}

Node.js v26.10.0`

const pythonCrash = `Traceback (most recent call last):
  File "/srv/server.py", line 3, in <module>
    raise ValueError("failed") if os.environ["API_KEY"] else None
KeyError: 'API_KEY'`

test.each([
  ['Node', nodeCrash, "Error: Cannot find module '/nope/server.js'"],
  ['Python', pythonCrash, "KeyError: 'API_KEY'"],
  [
    'a program that warns on its way',
    'warning: old\nError: no token: TOKEN\n    at main (a.js:1)',
    'Error: no token: TOKEN',
  ],
  ['a program without a word for it', 'starting\nlistening', 'starting'],
])('finds why %s ended', (_, text, line) => {
  expect(tellingLines(text.split('\n'))[0]).toBe(line)
})

test('keeps at most three lines, and none of silence', () => {
  expect(tellingLines(['one', 'two', 'three', 'four'])).toEqual(['two', 'three', 'four'])
  expect(tellingLines([])).toEqual([])
  expect(tellingLines(['', '   '])).toEqual([])
})

test('looks at the beginning of a line only', () => {
  const lines = Array.from({length: 24}, () => `${' '.repeat(8000)}x`)
  expect(tellingLines(lines)).toEqual([])
})
