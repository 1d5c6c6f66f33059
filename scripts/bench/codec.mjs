/**
 * What the envelope scan costs beside JSON.parse: medians of interleaved rounds, so that a busy machine hits both alike.
 * Run on the built files: npm run build && node scripts/bench/codec.mjs
 */
import {scanMessage} from '../../dist/mcp/envelope.js'
import {findValue, setMember} from '../../dist/mcp/splice.js'

const rounds = 15
const call = pad =>
  Buffer.from(
    JSON.stringify({
      jsonrpc: '2.0',
      id: 12345,
      method: 'tools/call',
      params: {
        name: 'github__search_issues',
        arguments: {
          query: `is:open ${'x'.repeat(pad)}`,
          page: 1,
          per_page: 30,
          sort: 'updated',
        },
        _meta: {progressToken: 7, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'},
      },
    }),
  )
const tool = n => ({
  name: `tool_${n}`,
  description: 'Searches the issues of a repository and gives the newest first, with their labels and authors.',
  inputSchema: {
    type: 'object',
    properties: {query: {type: 'string'}, limit: {type: 'integer', minimum: 1}},
    required: ['query'],
  },
})
const list = count =>
  Buffer.from(JSON.stringify({jsonrpc: '2.0', id: 1, result: {tools: Array.from({length: count}, (_, n) => tool(n))}}))

const documents = {
  'request 288 B': call(288 - call(0).length),
  'request 1 KiB': call(1024 - call(0).length),
  'list 52 KB': list(Math.round(52_000 / (list(2).length - list(1).length))),
  'string 1 MB': Buffer.from(JSON.stringify({jsonrpc: '2.0', id: 1, result: {text: 'lorem ipsum '.repeat(87_000)}})),
  'escapes 125 KB': Buffer.from(
    JSON.stringify({jsonrpc: '2.0', id: 1, result: {text: 'a line of\n"text"'.repeat(7000)}}),
  ),
}

const token = Buffer.from('99')
const variants = {
  parse: bytes => JSON.parse(bytes.toString('utf8')),
  scan: bytes => scanMessage(bytes).message,
  'scan+name': bytes => findValue(bytes, scanMessage(bytes).message.params ?? {start: 0, end: bytes.length}, ['name']),
  'scan+set id': bytes => setMember(bytes, {start: 0, end: bytes.length}, 'id', token),
}

let sink
const microseconds = (run, bytes, times) => {
  const begin = process.hrtime.bigint()
  for (let i = 0; i < times; i++) sink = run(bytes)
  return Number(process.hrtime.bigint() - begin) / 1000 / times
}
const median = values => values.sort((a, b) => a - b)[values.length >> 1]

console.log(
  'document'.padEnd(16),
  'bytes'.padStart(9),
  ...Object.keys(variants).map(name => `${name} us`.padStart(15)),
  ' scan/parse   scan MB/s',
)
for (const [name, bytes] of Object.entries(documents)) {
  const times = Math.max(5, Math.round(4_000_000 / bytes.length))
  const samples = Object.fromEntries(Object.keys(variants).map(variant => [variant, []]))
  for (let round = 0; round < rounds; round++)
    for (const [variant, run] of Object.entries(variants)) {
      const us = microseconds(run, bytes, times)
      if (round > 2) samples[variant].push(us)
    }
  const us = Object.values(samples).map(median)
  console.log(
    name.padEnd(16),
    String(bytes.length).padStart(9),
    ...us.map(value => value.toFixed(2).padStart(15)),
    (us[1] / us[0]).toFixed(2).padStart(11),
    (bytes.length / us[1]).toFixed(0).padStart(11),
  )
}
if (sink === undefined) process.exitCode = 1
