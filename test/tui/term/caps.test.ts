import {describe, expect, test} from 'vitest'
import {capabilities, refusal} from '../../../src/tui/term/caps.ts'

describe('what a terminal can do', () => {
  test.each([
    [{LANG: 'en_US.UTF-8'}, false],
    [{LC_ALL: 'C', LANG: 'en_US.UTF-8'}, true],
    [{LC_ALL: '', LANG: 'de_DE.utf8'}, false],
    [{LANG: 'C'}, true],
    [{}, true],
  ])('with %j signs are ASCII: %s', (env, ascii) => {
    expect(capabilities(env).glyphs.ascii).toBe(ascii)
  })

  test('NO_COLOR turns colours off, an empty one does not', () => {
    expect(capabilities({NO_COLOR: '1'}).colours).toBe(false)
    expect(capabilities({NO_COLOR: ''}).colours).toBe(true)
  })

  test('without a terminal, or with one that cannot place a cursor, the way out is said', () => {
    expect(refusal({stdinIsTty: false, stdoutIsTty: true, term: 'xterm'})).toContain('--once')
    expect(refusal({stdinIsTty: true, stdoutIsTty: false, term: 'xterm'})).toContain('ssh -t')
    expect(refusal({stdinIsTty: true, stdoutIsTty: true, term: 'dumb'})).toContain('--plain')
    expect(refusal({stdinIsTty: true, stdoutIsTty: true, term: 'xterm'})).toBeUndefined()
  })
})
