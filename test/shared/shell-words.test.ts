import {execFileSync} from 'node:child_process'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {shellWords} from '../../src/shared/shell-words.ts'

test.each([
  [['npx', '-y', '@scope/server@1.2'], 'npx -y @scope/server@1.2'],
  [['sh', '-c', 'echo "a"; cat'], `sh -c 'echo "a"; cat'`],
  [['echo', "it's", ''], `echo 'it'\\''s' ''`],
])('%j is written as a person would', (words, line) => {
  expect(shellWords(words)).toBe(line)
})

test('a shell reads back what was put in', () => {
  const word = fc.string({unit: 'binary', maxLength: 8}).map(text => text.replaceAll('\0', ''))
  fc.assert(
    fc.property(fc.array(word, {maxLength: 4}), words => {
      const script = `for word in ${shellWords(words)}; do printf '%s\\0' "$word"; done`
      const read = execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1)
      expect(read).toEqual(words.map(each => Buffer.from(each).toString()))
    }),
    {numRuns: 50},
  )
})
