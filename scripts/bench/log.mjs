#!/usr/bin/env node
/**
 * What one access line costs, from its fields to the file, and how much of it the garbage collector has to copy:
 * medians of rounds. Run on the built files: npm run build && node scripts/bench/log.mjs
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PerformanceObserver} from 'node:perf_hooks'
import {LogFile} from '../../dist/shared/log-file.js'
import {formatAccessLine} from '../../dist/shared/log-line.js'

const rounds = 15
const lines = 20_000

const entry = n => ({
  at: '2026-07-28T12:00:00.000Z',
  requestId: `a1b2c3d4-${n}`,
  client: '127.0.0.1',
  httpMethod: 'POST',
  target: 'tools/call:github__search_issues',
  status: 200,
  responseBytes: 1027 + (n % 100),
  firstByteMs: 0.7 + n / 1e5,
  pairs: {
    server_id: 'github',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    blame: undefined,
    code: undefined,
    outcome: 'answered',
    open_ms: undefined,
  },
})

const folder = mkdtempSync(join(tmpdir(), 'only1mcp-bench-'))
const file = new LogFile(join(folder, 'access.log'), (_, problem) => process.stderr.write(`${problem}\n`))
let sink = 0
let collectedMs = 0
const observer = new PerformanceObserver(list => {
  for (const each of list.getEntries()) collectedMs += each.duration
})
observer.observe({entryTypes: ['gc']})

const variants = {
  fields: n => {
    sink += entry(n).status
  },
  format: n => {
    sink += formatAccessLine(entry(n)).length
  },
  'format and write': n => file.write(formatAccessLine(entry(n))),
}

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const figures = Object.fromEntries(Object.keys(variants).map(name => [name, {us: [], gc: []}]))
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(variants)) {
    collectedMs = 0
    const before = process.cpuUsage()
    for (let batch = 0; batch < lines; batch += 500) {
      for (let n = 0; n < 500; n++) run(batch + n)
      await new Promise(resolve => setImmediate(resolve)) // as between requests: writes end, collections are seen
    }
    const {user, system} = process.cpuUsage(before)
    figures[name].us.push((user + system) / lines)
    figures[name].gc.push((collectedMs * 1000) / lines)
  }
}
file.close()
observer.disconnect()
rmSync(folder, {recursive: true})

for (const [name, {us, gc}] of Object.entries(figures))
  process.stdout.write(
    `${name.padEnd(18)} ${median(us).toFixed(2)} us CPU a line, ${median(gc).toFixed(3)} us of it in collections\n`,
  )
process.stdout.write(`lost ${file.lost} of ${rounds * lines} (${sink > 0 ? 'measured' : 'empty'})\n`)
