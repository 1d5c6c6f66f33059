import {describe, expect, test} from 'vitest'
import {codeFrame} from '../../src/config/code-frame.ts'
import {displayWidth} from '../../src/config/display-width.ts'
import {parseConfig} from '../../src/config/load.ts'
import {problemLines} from '../../src/config/problem-lines.ts'

function shown(text: string, env: Record<string, string> = {}): string {
  const {problems} = parseConfig(text, 'c.yaml', {env})
  return problems.flatMap(problem => problemLines(problem)).join('\n')
}

/** The frame of the first place where `target` stands. */
function frame(text: string, target: string): string[] {
  const start = text.indexOf(target)
  return codeFrame(text, {start, end: start + target.length}, [])
}

describe('whole messages', () => {
  test('an unknown key', () => {
    expect(shown('server:\n  host: localhost\n  prot: 8081\n')).toBe(
      `c.yaml:3:3: error: unknown key "prot" in server
   2 |   host: localhost
   3 |   prot: 8081
     |   ^^^^
     = did you mean "port"?`,
    )
  })

  test('a value of the wrong form', () => {
    expect(shown('servers:\n  - id: a\n    command: run\n    timeout: 30 sec\n')).toBe(
      `c.yaml:4:14: error: servers[0].timeout: expected a duration such as 30s, 500ms or 2m, found "30 sec"
   3 |     command: run
   4 |     timeout: 30 sec
     |              ^^^^^^
     = write 30s`,
    )
  })

  test('two places', () => {
    expect(shown('servers:\n  - {id: a, command: x}\n  - {id: a, command: y}\n')).toBe(
      `c.yaml:3:10: error: two servers have the same id
   2 |   - {id: a, command: x}
   3 |   - {id: a, command: y}
     |          ^
c.yaml:2:10: first used here
   1 | servers:
   2 |   - {id: a, command: x}
     |          ^`,
    )
  })

  test('a missing variable beside a secret', () => {
    expect(
      shown(
        `servers:\n  - id: a\n    endpoint: http://h/\n    headers:\n      X-Key: hunter2hunter2\n      Auth: Bearer \${TOKEN}\n`,
      ),
    ).toBe(
      `c.yaml:6:20: error: the environment variable TOKEN, needed by servers[0].headers.Auth, is not set
   5 |       X-Key: ‹secret›
   6 |       Auth: ‹secret›\${TOKEN}
     |                     ^^^^^^^^
     = set TOKEN, or give a default: \${TOKEN:-value}`,
    )
  })

  test('the word basic, which is no credential when a comment or the next line follows it', () => {
    const text = 'servers:\n  - id: a\n    auth:\n      oauth:\n        client_auth: basic # or post\n        scop: b\n'
    expect(shown(text)).toContain('client_auth: basic # or post')
  })
})

describe('the caret', () => {
  test('stands under wide characters, emoji and combining marks', () => {
    expect(frame('日本: x\n', 'x')).toEqual(['   1 | 日本: x', '     |       ^'])
    expect(frame('k: 日本 y\n', '日本')).toEqual(['   1 | k: 日本 y', '     |    ^^^^'])
    expect(frame('🚀: x\n', 'x')).toEqual(['   1 | 🚀: x', '     |     ^'])
    expect(frame('e\u0301: x\n', 'x').at(-1)).toBe('     |    ^')
  })

  test('stands right behind tabs', () => {
    expect(frame('a:\tb\tc\n', 'c')).toEqual(['   1 | a:  b   c', '     |         ^'])
  })

  test('stays inside a long line that is cut', () => {
    const rows = frame(`${'x'.repeat(5000)}HERE${'y'.repeat(5000)}\n`, 'HERE')
    const [line = '', caret = ''] = rows
    expect(displayWidth(line)).toBeLessThanOrEqual(80)
    expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('HERE')
  })

  test('stands beside nothing else of what is wrong there', () => {
    const text = shown('servers:\n  - id: a\n    command: cat\n    args: [0777]\n')
    expect(text).toContain('write "0777" in quotes')
    expect(text).not.toContain('octal')
  })

  test('marks only the first line of a block, and one column where there is nothing', () => {
    const text = 'a:\n  b: 1\n  c: 2\n'
    expect(codeFrame(text, {start: 5, end: text.length}, [])).toEqual(['   1 | a:', '   2 |   b: 1', '     |   ^^^^'])
    expect(codeFrame('a:\n', {start: 3, end: 4}, [])).toEqual(['   1 | a:', '   2 |', '     | ^'])
  })
})

test('nothing in a file can move the cursor of a terminal', () => {
  const text = shown('server:\n  "pr\u001b[2Jot\u202e": "\u0007"\n  host\u009b: 1\n')
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  expect(text).toContain('unknown key')
})
