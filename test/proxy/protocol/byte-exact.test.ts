import {describe, expect, test} from 'vitest'
import {backendPath, stdioServer} from '../../helpers/backends.ts'
import {postMcp} from '../../helpers/post-mcp.ts'
import {spawnProgram} from '../../helpers/program.ts'
import fc from '../../helpers/properties.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'

const space = fc.array(fc.constantFrom(' ', '\t', '\n', '\r', '  '), {maxLength: 2}).map(parts => parts.join(''))
const number = fc.oneof(
  fc.constantFrom('0', '-0', '1.0', '1e3', '1E+2', '-1.50', '12345678901234567890123', '0.1e-7', '1e400'),
  fc.bigInt().map(String),
  fc.double({noNaN: true, noDefaultInfinity: true}).map(String),
)
const character = fc.oneof(
  fc.constantFrom(
    '\\u0041',
    '\\/',
    '/',
    '\\ud83d\\ude00',
    '\\ud800',
    '\\u0000',
    '\\n',
    '\\"',
    '\\\\',
    '\u2028',
    '\u007f',
  ),
  fc.string({unit: 'grapheme', minLength: 1, maxLength: 3}).map(text => JSON.stringify(text).slice(1, -1)),
)
const string = fc.array(character, {maxLength: 6}).map(parts => `"${parts.join('')}"`)
/** Few enough that equal keys happen often. */
const key = fc.oneof(fc.constantFrom('"a"', '"\\u0061"', '"__proto__"', '"10"', '"9"', '"uri"', '"name"', '""'), string)

/** JSON as text, in every spelling that parsing and printing would not keep. */
const {object} = fc.letrec<{value: string; object: string; array: string}>(tie => ({
  value: fc.oneof(
    {maxDepth: 4, withCrossShrink: true},
    fc.oneof(number, string, fc.constantFrom('true', 'false', 'null')),
    tie('object'),
    tie('array'),
  ),
  object: fc
    .tuple(space, fc.array(fc.tuple(space, key, space, space, tie('value'), space), {maxLength: 5}))
    .map(([inside, members]) => {
      const text = members.map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`).join(',')
      return `{${members.length === 0 ? inside : text}}`
    }),
  array: fc
    .array(fc.tuple(space, tie('value'), space), {maxLength: 4})
    .map(elements => `[${elements.map(([a, value, b]) => a + value + b).join(',')}]`),
}))

/** Sends each text as arguments and gets it back as the result; what differs is returned. */
async function roundTrips(url: string, texts: readonly string[], expected: (text: string) => string) {
  const opened = await postMcp(url, {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'test', version: '1'}},
  })
  const headers = {'mcp-session-id': opened.headers.get('mcp-session-id') ?? ''}
  const differing: {sent: string; got: string}[] = []
  const left = texts.entries()
  const worker = async (): Promise<void> => {
    for (const [id, text] of left) {
      const body = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"exact","arguments":${text}}}`
      const {text: got} = await postMcp(url, body, {headers})
      if (got !== `{"jsonrpc":"2.0","id":${id},"result":${expected(text)}}`) differing.push({sent: text, got})
    }
  }
  await Promise.all(Array.from({length: 16}, worker))
  return differing
}

const runs = 1_000

describe('arguments to a backend and its result to the client, byte for byte', () => {
  test('over HTTP', {timeout: 60_000}, async () => {
    const backend = spawnProgram(process.execPath, [backendPath('exact.mjs'), 'http'])
    const [, port] = await backend.untilOutput(/^listening (\d+)$/m)
    const {url} = await startRuntime({servers: [{id: 'b', prefix: '', endpoint: `http://127.0.0.1:${port}/mcp`}]})
    expect(await roundTrips(url, fc.sample(object, runs), text => text)).toEqual([])
  })

  test('over stdio, where only a line break between tokens becomes a space', {timeout: 60_000}, async () => {
    const {url} = await startRuntime({servers: [{...stdioServer('b', 'exact.mjs'), prefix: ''}]})
    const texts = fc.sample(object, runs)
    expect(await roundTrips(url, texts, text => text.replaceAll(/[\r\n]/g, ' '))).toEqual([])
  })

  test('a line break in a request does not make two messages of it for a child', async () => {
    const {url} = await startRuntime({servers: [{...stdioServer('b', 'exact.mjs'), prefix: ''}]})
    const smuggled = '{"jsonrpc":"2.0","id":999,"method":"tools/call","params":{"name":"exact","arguments":{"evil":1}}}'
    expect(await roundTrips(url, [`{"a":\n${smuggled}\n}`], text => text.replaceAll('\n', ' '))).toEqual([])
  })
})
