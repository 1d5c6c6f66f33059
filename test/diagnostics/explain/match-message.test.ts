import {describe, expect, it, test} from 'vitest'
import {explain} from '../../../src/diagnostics/explain/explain.ts'
import {matchMessage} from '../../../src/diagnostics/explain/match-message.ts'
import {indexMessages} from '../../../src/diagnostics/explain/message-index.ts'
import {messages} from '../../../src/diagnostics/explain/messages.ts'
import {formatErrorLine} from '../../../src/shared/log-line.ts'
import fc from '../../helpers/properties.ts'

const index = indexMessages(messages)

/** The first family that is found, and how sure that is. */
function first(text: string): string {
  const [match] = matchMessage(text, index).matches
  return match === undefined ? 'none' : `${match.sure} ${match.entry.id}`
}

/** Messages as programs write them, with what varies in them. */
const verbatim: readonly (readonly [string, string])[] = [
  ['Error: connect ECONNREFUSED ::1:8080', 'connection-refused'],
  ['curl: (7) Failed to connect to localhost port 8080 after 0 ms: Connection refused', 'connection-refused'],
  ['[mcp] Error: spawn uvx ENOENT', 'cannot-start'],
  ['bash: line 1: npx: command not found', 'cannot-start'],
  ['Error: listen EADDRINUSE: address already in use 0.0.0.0:9091', 'address-already-in-use'],
  ["EMFILE: too many open files, open '/proc/self/stat'", 'too-many-open-files'],
  ['write ENOSPC: no space left on device, write', 'no-space-left-on-device'],
  ["ENOSPC: System limit for number of file watchers reached, watch '/a'", 'no-file-watchers-left'],
  ['{"level":"error","msg":"No backend available: github is down"}', 'no-backend-available'],
  ['Error: Authentication failed: Invalid API key', 'invalid-api-key'],
  ['Error: OAuth token expired', 'oauth-token-expired'],
  ['Error: JWT signature verification failed', 'jwt-signature-verification-failed'],
  ['Error: Configuration file not found: /srv/config.yaml', 'configuration-file-not-found'],
  ['SqliteError: database disk image is malformed', 'database-disk-image-is-malformed'],
  ['SQLITE_BUSY: database is locked', 'database-is-locked'],
  ['Error: certificate has expired', 'certificate-has-expired'],
  ['self-signed certificate in certificate chain; code: SELF_SIGNED_CERT_IN_CHAIN', 'self-signed-certificate'],
  ['Error: socket hang up', 'connection-reset'],
  ['HTTP 404: Session not found', 'session-not-found'],
  ['Bad Request: Unsupported protocol version (supported versions: 2025-06-18)', 'unsupported-protocol-version'],
  ["Error: Cannot find module '/opt/mcp server/dist/index.js'", 'cannot-find-module'],
  ["Error: EACCES: permission denied, open '/etc/only1mcp/config.yaml'", 'permission-denied'],
  ['kernel: Out of memory: Killed process 4211 (node) total-vm:11534336kB', 'out-of-memory'],
  ['YAMLException: bad indentation of a mapping entry (12:3)', 'yaml-syntax'],
  ['SyntaxError: Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON', 'parse-error'],
  ['MCP error -32001: Request timed out', 'no-answer-in-time'],
  ['MCP error -32000: Connection closed', 'the-server-process-ended'],
  ['\u001b[31mError:\u001b[39m getaddrinfo EAI_AGAIN registry.example', 'host-name-does-not-resolve'],
]

describe('a message', () => {
  test.each(verbatim)('%s is recognised for certain', (text, id) => {
    expect(first(text)).toBe(`certain ${id}`)
  })

  test.each(messages)('$id is found, certain, by each way in which it is said and by each of its marks', entry => {
    for (const text of [...entry.said.map(said => said.replaceAll('…', ' it ')), ...(entry.words ?? [])]) {
      const found = matchMessage(text, index).matches.find(each => each.entry === entry)
      expect(found?.score, text).toBeGreaterThan(0.55)
      if (entry.words?.includes(text)) expect(found?.sure, text).toBe('certain')
    }
  })

  it('is found in a whole log line, root cause before what only says that something failed', () => {
    const line = formatErrorLine({
      at: '2026-11-22T10:00:00.123Z',
      level: 'ERROR',
      module: 'only1mcp::proxy',
      requestId: '4b1d09c2-17',
      kind: 'NoBackend',
      message: 'request failed',
      pairs: {
        server_id: 'github',
        code: -32002,
        blame: 'transport',
        error: 'No backend available: github is down: http://127.0.0.1:9: connection refused: nothing listens there',
      },
    })
    for (const text of [line, `Nov 22 10:00:00 host only1mcp[12]: ${line}`]) {
      const explanation = explain({kind: 'message', text})
      expect(explanation).toMatchObject({kind: 'message', pasted: {requestId: '4b1d09c2-17'}})
      if (explanation.kind !== 'message') return
      expect(explanation.matches.map(({entry}) => entry.id).slice(0, 2)).toEqual([
        'connection-refused',
        'no-backend-available',
      ])
    }
    expect(explain({kind: 'message', text: line})).toMatchObject({
      codes: [{code: -32002}],
      pasted: {serverId: 'github', blame: 'transport'},
    })
  })

  test.each([
    ['by itself', (body: string) => body],
    ['as an event of a stream', (body: string) => `event: message\ndata: ${body}\n\n`],
    ['in an array', (body: string) => `[${body}]`],
    ['behind a status line', (body: string) => `HTTP/1.1 401 Unauthorized\ncontent-type: application/json\n\n${body}`],
    ['cut off', (body: string) => body.slice(0, -4)],
  ])('is found in a JSON body %s, with its code and its request', (_how, around) => {
    const error = {code: -32003, message: 'Invalid API key', data: {cause: 'InvalidApiKey', requestId: '4b1d09c2-17'}}
    const text = around(JSON.stringify({jsonrpc: '2.0', id: 1, error}))
    const explanation = explain({kind: 'message', text})
    expect(explanation).toMatchObject({kind: 'message', pasted: {requestId: '4b1d09c2-17'}})
    if (explanation.kind !== 'message') return
    expect(explanation.matches[0]?.entry.id).toBe('invalid-api-key')
    expect(explanation.codes[0]?.code).toBe(-32003)
  })

  test.each([
    ['no bakend availabel', 'no-backend-available'],
    ['conection refussed', 'connection-refused'],
    ['key API invalid', 'invalid-api-key'],
  ])('typed from a screen as "%s" is recognised, but not for certain', (text, id) => {
    expect(first(text)).toMatch(new RegExp(`^(likely|possible) ${id}$`))
  })

  test.each([
    'hello world',
    'how do I bake bread',
    'error',
    'failed',
    'it does not work',
    '',
    '-',
    '…',
    '日本語のエラー',
  ])('that says nothing (%s) is not taken for one that does', text => {
    expect(first(text)).toBe('none')
  })
})

describe('hostile text', () => {
  it('never throws, whatever it is', () => {
    const piece = fc.oneof(
      fc.string({unit: 'binary', maxLength: 200}),
      fc.constantFrom(...messages.flatMap(({said}) => said)),
      fc.constantFrom(
        '{"error":',
        '"code":-32',
        '\u001b[31m',
        '[[[[',
        'data: ',
        '\\n',
        '\u0000',
        '-32003',
        'request_id=',
      ),
      fc.json(),
    )
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 12}), pieces => {
        const explanation = explain({kind: 'message', text: pieces.join('')})
        expect(['message', 'none']).toContain(explanation.kind)
      }),
      {numRuns: 300},
    )
  })

  test.each([
    ['one word', 'a'.repeat(1 << 20)],
    ['words of many messages', 'error failed connection server not found '.repeat(26_000)],
    [
      'lines that all differ',
      Array.from({length: 30_000}, (_, i) => `x${i} connection refused to y${i * 7}`).join('\n'),
    ],
    ['a path', '/a'.repeat(1 << 19)],
    ['half a body', '{"error":{'.repeat(100_000)],
    ['brackets', '['.repeat(1 << 20)],
    ['codes', '-32003 '.repeat(150_000)],
    ['digits', '0'.repeat(1 << 20)],
    ['escapes', '\u001b['.repeat(1 << 19)],
    ['quotes', 'a="\\'.repeat(1 << 18)],
  ])('of a megabyte (%s) takes no more than two seconds', (_what, text) => {
    const started = performance.now()
    explain({kind: 'message', text})
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
