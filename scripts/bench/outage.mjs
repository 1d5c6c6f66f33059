#!/usr/bin/env node
/**
 * Redis and PostgreSQL frozen and killed under load, and what that costs requests and the request log.
 *   npm run build && node scripts/bench/outage.mjs [--seconds 30] [--rate 400] [--only redis] [--json] [--check]
 * The runtime keeps each answer in Redis and counts each call there, and writes a row of it to PostgreSQL. Each case: a quiet
 * run, then one with the outage; then all rows have to come. With --check exit 1 when a goal is missed. Redis and PostgreSQL
 * are the Debian packages; without them a line says what was skipped.
 */
import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync} from 'node:fs'
import {availableParallelism, cpus, loadavg, tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import pg from 'pg'
import {ControlClient} from '../../src/control/client.ts'
import {textTable} from '../../test/conformance/comparison.ts'
import {exitOnSignals, removeWithUs} from '../../test/conformance/end-with-us.ts'
import {startProxy} from '../../test/conformance/running-proxy.ts'
import {startProcess} from '../../test/conformance/started-process.ts'
import {round} from './goals.ts'
import {addedMs, judgeOutages} from './outage-goals.ts'
import {startPostgres, startRedis} from './own-servers.mjs'
import {threadTimes} from './process-figures.mjs'
import {goalTable} from './report.mjs'
import {runLoad} from './run-load.mjs'

exitOnSignals()
const {values} = parseArgs({
  options: {
    seconds: {type: 'string', default: '30'},
    rate: {type: 'string', default: '400'},
    only: {type: 'string', default: ''},
    json: {type: 'boolean', default: false},
    check: {type: 'boolean', default: false},
  },
})
const [seconds, rate] = [Number(values.seconds), Number(values.rate)]
if (!(seconds > 0) || !(rate > 0)) {
  process.stderr.write('--seconds and --rate have to be above 0\n')
  process.exit(2)
}
const say = text => process.stderr.write(`${text}\n`)
/** Load before the outage begins, and after it is over. */
const marginSeconds = 2
const rowsWithinMs = 60_000

const root = mkdtempSync(join(tmpdir(), 'only1mcp-outage-'))
removeWithUs(root)
if (process.getuid() === 0) execFileSync('chmod', ['711', root]) // PostgreSQL runs as nobody below it
const servers = {redis: await startRedis(root), postgres: await startPostgres(root)}
const {redis, postgres} = servers
const backend = await startProcess(
  process.execPath,
  [fileURLToPath(new URL('resilience-backend.mjs', import.meta.url)), 'http', 'echo', root],
  {ready: /^listening \d+$/, timeoutMs: 15_000},
)
const proxy = await startProxy(
  [
    {
      id: 'echo',
      endpoint: `http://127.0.0.1:${backend.readyLine.split(' ')[1]}/mcp`,
      tools: {cache: ['work']},
    },
  ],
  {
    config: {
      rate_limit: {per_principal: {requests_per_minute: 10_000_000}},
      ...(redis && {
        cache: {enabled: true, backend: 'redis', redis: {url: redis.url}},
        shared: {redis: {url: redis.url}},
      }),
    },
    server: {session_key: 'the-key-of-an-outage-that-nobody-else-uses'},
    observability: {
      request_log: postgres ? {backend: 'postgres', postgres: {url: postgres.url}} : {backend: 'sqlite'},
    },
  },
)
const {socket, pid} = JSON.parse(readFileSync(join(proxy.folder, 'state', 'runtime.json'), 'utf8'))
const control = new ControlClient(socket)
const targets = [{server: 'echo', share: 1, healthy: true, deadlineMs: 5000}]

const freeze = {
  begin: async server => server.freeze(true),
  end: async server => server.freeze(false),
}
const kill = {begin: server => server.kill(), end: server => server.restart()}
const cases = [
  {id: 'redis frozen', needs: 'redis', ...freeze},
  {id: 'redis killed', needs: 'redis', ...kill},
  {id: 'postgres frozen', needs: 'postgres', ...freeze},
  {id: 'postgres killed', needs: 'postgres', ...kill},
].filter(({id}) => id.includes(values.only))

let sent = 0
let nextPrefix = 0
async function load(howLong, began) {
  const {targets: counted, healthy} = await runLoad(
    {url: proxy.url, targets, rate, seconds: howLong, prefix: `r${nextPrefix++}`},
    began,
  )
  const [{calls, answered, why, wrongExamples, p50Ms}] = counted
  sent += calls
  return {calls, failed: calls - answered, why, wrongExamples, p50Ms, p99Ms: healthy.p99Ms}
}

/** Rows of all calls so far, once everything that waited has been written. */
async function rowsAfterReturn() {
  const until = performance.now() + rowsWithinMs
  for (;;) {
    const {requestLog} = await control.snapshot()
    const rows = requestLog?.state === 'ok' && requestLog.spooled === 0 ? await countRows() : -1
    if (rows >= sent || performance.now() > until) return Math.max(0, rows)
    await delay(250)
  }
}

async function countRows() {
  if (!postgres) return sent
  const client = new pg.Client({connectionString: postgres.url})
  await client.connect()
  try {
    const {rows} = await client.query("SELECT count(*) AS n FROM request_logs WHERE method = 'tools/call'")
    return Number(rows[0].n)
  } finally {
    await client.end()
  }
}

async function run({id, needs, begin, end}) {
  say(`${id}: ${seconds} s at ${rate} calls a second`)
  const quiet = await load(Math.max(4, seconds / 3))
  let outage
  const before = threadTimes(pid)
  const during = await load(seconds + marginSeconds * 2, () => {
    outage = delay(marginSeconds * 1000)
      .then(() => begin(servers[needs]))
      .then(() => delay(seconds * 1000))
      .then(() => end(servers[needs]))
  })
  await outage
  const waitedMs = Math.round(threadTimes(pid).waitedMs - before.waitedMs)
  const rows = await rowsAfterReturn()
  return {
    id,
    requests: sent,
    rows,
    calls: during.calls,
    failed: during.failed + quiet.failed,
    why: {...quiet.why, ...during.why},
    quietP99Ms: quiet.p99Ms,
    outageP50Ms: during.p50Ms,
    outageP99Ms: during.p99Ms,
    waitedMs,
  }
}

try {
  await load(2)
  const results = []
  const skipped = cases
    .filter(({needs}) => servers[needs] === undefined)
    .map(({id, needs}) => `${id}: no ${needs} here`)
  for (const each of cases) if (servers[each.needs] !== undefined) results.push(await run(each))
  const goals = judgeOutages(results)
  const machine = {cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version, load: loadavg()[0]}
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({schemaVersion: 1, machine, seconds, rate, results, skipped, goals}, null, 2)}\n`,
    )
  else {
    const cell = value => (value === undefined || value === null ? '-' : round(value))
    const rows = results.map(each => [
      each.id,
      String(each.calls),
      String(each.failed),
      cell(each.quietP99Ms),
      cell(each.outageP50Ms),
      cell(each.outageP99Ms),
      cell(addedMs(each)),
      String(each.requests),
      String(each.rows),
      Object.entries(each.why)
        .map(([text, count]) => `${text}: ${count}`)
        .join(', '),
    ])
    const head = [
      'outage',
      'requests',
      'failed',
      'quiet p99 ms',
      'p50 ms',
      'p99 ms',
      'added p99 ms',
      'sent so far',
      'rows',
      'errors were',
    ]
    process.stdout.write(
      [
        `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.load.toFixed(1)}; outages of ${seconds} s at ${rate} calls a second`,
        ...skipped.map(text => `skipped: ${text}`),
        '',
        textTable([head, ...rows]),
        '',
        ...results.map(
          ({id, waitedMs}) =>
            `${id}: the runtime waited for a core for ${(waitedMs / 1000).toFixed(1)} s; the less, the more the latencies mean`,
        ),
        '',
        goalTable(goals),
        '',
      ].join('\n'),
    )
  }
  if (values.check && goals.some(({verdict}) => verdict === 'missed')) process.exitCode = 1
} finally {
  for (const server of [redis, postgres]) server?.freeze(false)
  await proxy.stop()
  await backend.stop()
  for (const server of [redis, postgres]) await server?.kill()
}
