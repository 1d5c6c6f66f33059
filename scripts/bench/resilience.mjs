#!/usr/bin/env node
/**
 * A soak: 70 % of the peak load on two healthy and two sick servers, with a fault every five seconds.
 *   npm run build && node scripts/bench/resilience.mjs [--minutes 10] [--rate N] [--quiet-seconds N] [--json] [--check]
 * Each call carries a nonce that its server writes down and gives back. Prints what happened, and the goals; with --check
 * exit 1 when one is missed. Redis and PostgreSQL are the Debian packages; without them, and without root for a small
 * file system for logs, their faults are left out and named.
 */
import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync} from 'node:fs'
import {availableParallelism, cpus, loadavg, tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {textTable} from '../../test/conformance/comparison.ts'
import {exitOnSignals, removeWithUs} from '../../test/conformance/end-with-us.ts'
import {startProxy} from '../../test/conformance/running-proxy.ts'
import {startProcess} from '../../test/conformance/started-process.ts'
import {round} from './goals.ts'
import {startPostgres, startRedis} from './own-servers.mjs'
import {rssMiB, threadTimes} from './process-figures.mjs'
import {goalTable} from './report.mjs'
import {canReload, faults} from './resilience-faults.mjs'
import {judgeSoak, repeated, slopePerMinute} from './resilience-goals.ts'
import {runLoad} from './run-load.mjs'

const FAULT_EVERY_MS = 5000
const PEAK_SECONDS = 6
const LOAD_SHARE = 0.7
const DEADLINE_MS = {healthy: 5000, sick: 2000}
const servers = [
  {server: 'healthy-http', share: 0.4, healthy: true},
  {server: 'healthy-stdio', share: 0.4, healthy: true},
  {server: 'sick-http', share: 0.1, healthy: false},
  {server: 'sick-stdio', share: 0.1, healthy: false},
].map(each => ({...each, deadlineMs: each.healthy ? DEADLINE_MS.healthy : DEADLINE_MS.sick}))

exitOnSignals()
const {values} = parseArgs({
  options: {
    minutes: {type: 'string', default: '10'},
    rate: {type: 'string'},
    'quiet-seconds': {type: 'string'},
    json: {type: 'boolean', default: false},
    check: {type: 'boolean', default: false},
  },
})
const seconds = Number(values.minutes) * 60
const quietSeconds = Number(values['quiet-seconds'] ?? Math.max(15, Math.min(60, seconds / 4)))
if (!(seconds > 0) || !(quietSeconds > 0)) {
  process.stderr.write('--minutes and --quiet-seconds have to be above 0\n')
  process.exit(2)
}
const say = text => process.stderr.write(`${text}\n`)
const file = name => fileURLToPath(new URL(name, import.meta.url))

const root = mkdtempSync(join(tmpdir(), 'only1mcp-soak-'))
removeWithUs(root)
if (process.getuid() === 0) execFileSync('chmod', ['711', root]) // PostgreSQL runs as nobody below it
const [redis, postgres] = [await startRedis(root), await startPostgres(root)]
const backendArgs = (transport, name) => [file('resilience-backend.mjs'), transport, name, root]
const httpBackends = await Promise.all(
  ['healthy-http', 'sick-http'].map(name =>
    startProcess(process.execPath, backendArgs('http', name), {ready: /^listening \d+$/, timeoutMs: 15_000}),
  ),
)
const portOf = ({readyLine}) => readyLine.split(' ')[1]
const logs = smallFileSystem()
const entry = (id, more) => ({
  id,
  timeout: servers.find(({server}) => server === id).deadlineMs,
  health_check: {interval: '2s', timeout: '1s'},
  ...more,
})
const stdioEntry = id => entry(id, {command: process.execPath, args: backendArgs('stdio', id)})
const httpEntry = (id, backend) => entry(id, {endpoint: `http://127.0.0.1:${portOf(backend)}/mcp`})
const proxy = await startProxy(
  [
    httpEntry('healthy-http', httpBackends[0]),
    stdioEntry('healthy-stdio'),
    httpEntry('sick-http', httpBackends[1]),
    stdioEntry('sick-stdio'),
  ],
  {
    config: {
      rate_limit: {per_principal: {requests_per_minute: 10_000_000}},
      health: {circuit_breaker: {recovery_timeout: '1s'}},
      ...(redis && {shared: {redis: {url: redis.url}}}),
    },
    server: {session_key: 'the-key-of-a-soak-that-nobody-else-uses'},
    observability: {
      logging: {rotation: {max_size: '4MiB', keep: 3}},
      request_log: postgres
        ? {backend: 'postgres', max_size: '256MiB', postgres: {url: postgres.url}}
        : {backend: 'sqlite', max_size: '64MiB'},
    },
    ...(logs && {logDir: logs}),
  },
)
const record = JSON.parse(readFileSync(join(proxy.folder, 'state', 'runtime.json'), 'utf8'))
const proxyPid = record.pid
const place = server => JSON.parse(readFileSync(join(root, `${server}.json`), 'utf8'))

const load = (options, began) => runLoad({url: proxy.url, targets: servers, ...options}, began)

/** Where logs may run full; undefined where none can be made. */
function smallFileSystem() {
  const folder = mkdtempSync(join(tmpdir(), 'only1mcp-soak-log-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m,mode=0777', 'only1mcp-soak', folder], {stdio: 'ignore'})
    process.on('exit', () => execFileSync('umount', ['-l', folder]))
    return folder
  } catch {
    return undefined
  } finally {
    removeWithUs(folder)
  }
}

/** What the runtime did around a second of the soak in which a healthy server was slow. */
function aroundSecond(points, second) {
  const [from, to] = [points[Math.max(0, second - 2)], points[Math.min(points.length - 1, second + 1)]]
  if (from === undefined || to === undefined || to.atMs <= from.atMs) return ''
  const share = (later, earlier) => `${Math.round(((later - earlier) / (to.atMs - from.atMs)) * 100)} %`
  return ` (the runtime ran ${share(to.ranMs, from.ranMs)} of that time, and waited for a core ${share(to.waitedMs, from.waitedMs)})`
}

async function injectFaults(load, endAt, done) {
  const have = {redis, postgres, logDisk: logs, reload: canReload || undefined}
  const possible = faults.filter(({needs}) => needs === undefined || have[needs] !== undefined)
  const tell = async (server, mode, ms) => {
    await fetch(`http://127.0.0.1:${place(server).control}/?mode=${mode}&ms=${ms}`)
    await delay(ms)
  }
  const scene = {tell, pidOf: server => place(server).pid, load, redis, postgres, proxyPid, folder: proxy.folder, logs}
  for (let n = 0; performance.now() < endAt - FAULT_EVERY_MS; n++) {
    const began = performance.now()
    const {id, run} = possible[n % possible.length]
    say(`${((began - (endAt - seconds * 1000)) / 1000).toFixed(0).padStart(4)} s  ${id}`)
    try {
      await run(scene)
      done.set(id, (done.get(id) ?? 0) + 1)
    } catch (error) {
      done.set(`${id} (not done: ${error.message})`, 1)
    }
    await delay(Math.max(0, FAULT_EVERY_MS - (performance.now() - began)))
  }
  return faults.filter(each => !possible.includes(each)).map(({id}) => id)
}

const totalOf = (result, figure, which = () => true) =>
  result.targets.filter(which).reduce((sum, target) => sum + target[figure], 0)

try {
  let rate = Number(values.rate)
  if (values.rate === undefined) {
    await load({seconds: 3, prefix: 'w'})
    const peak = await load({seconds: PEAK_SECONDS, prefix: 'k'})
    rate = Math.round((totalOf(peak, 'answered') / peak.seconds) * LOAD_SHARE)
  }
  say(`${rate} calls a second; quiet run of ${quietSeconds} s`)
  const quiet = await load({seconds: quietSeconds, prefix: 'q', rate})
  const points = []
  const began = performance.now()
  const sampler = setInterval(() => {
    const value = existsSync(`/proc/${proxyPid}/status`) ? rssMiB(proxyPid) : 0
    if (value > 0) points.push({atMs: performance.now() - began, value, ...threadTimes(proxyPid)})
  }, 1000)
  say(`soak of ${seconds} s`)
  const injected = new Map()
  let injecting
  const soak = await load({seconds, prefix: 's', rate}, generator => {
    injecting = injectFaults(generator, performance.now() + seconds * 1000, injected)
  })
  clearInterval(sampler)
  const leftOut = await injecting
  await delay(500)
  const lines = servers.flatMap(({server}) => {
    const path = join(root, `${server}.done`)
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
  })
  const figures = {
    requests: totalOf(soak, 'calls'),
    answered: totalOf(soak, 'answered'),
    errorsOnSick: totalOf(soak, 'errors', ({healthy}) => !healthy),
    wrong: totalOf(soak, 'wrong') + totalOf(quiet, 'wrong'),
    doubled: repeated(lines),
    late: totalOf(soak, 'late') + totalOf(soak, 'unanswered'),
    healthyErrors: totalOf(soak, 'errors', ({healthy}) => healthy) + totalOf(quiet, 'errors'),
    quietP99Ms: quiet.healthy.p99Ms,
    soakP99Ms: soak.healthy.p99Ms,
    waitedForCoreMs: Math.round((points.at(-1)?.waitedMs ?? 0) - (points[0]?.waitedMs ?? 0)),
    memoryMiB: points.at(-1)?.value ?? null,
    // What it takes once, such as buffers for the first outage, is no growth.
    memorySlopeMiBPerMinute: slopePerMinute(points.slice(points.length >> 1)),
    alive: existsSync(`/proc/${proxyPid}`) && readFileSync(`/proc/${proxyPid}/comm`, 'utf8').trim() === 'only1mcp',
  }
  const goals = judgeSoak(figures)
  const machine = {cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version, load: loadavg()[0]}
  if (values.json) {
    const document = {
      schemaVersion: 1,
      machine,
      seconds,
      rate,
      figures,
      faults: Object.fromEntries(injected),
      leftOut,
      quiet,
      soak,
      goals,
    }
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  } else {
    const why = ({why}) =>
      Object.entries(why)
        .sort(([, a], [, b]) => b - a)
        .slice(0, 4)
        .map(([text, count]) => `${text}: ${count}`)
        .join(', ')
    const cell = value => (value === null ? '-' : round(value))
    const rows = soak.targets.map(each => [
      each.server,
      ...['calls', 'answered', 'errors', 'wrong', 'late', 'unanswered', 'disconnected', 'skipped'].map(key =>
        String(each[key]),
      ),
      cell(each.p50Ms),
      cell(each.p99Ms),
      why(each),
    ])
    const head = ['server', 'calls', 'answered', 'errors', 'wrong', 'late', 'never', 'cut off', 'skipped']
    process.stdout.write(
      [
        `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${seconds} s at ${rate} calls a second (${values.rate === undefined ? '70 % of the peak' : 'as given; the peak was not measured'})`,
        `faults: ${[...injected].map(([id, count]) => `${id} ${count}x`).join(', ')}`,
        ...(leftOut.length > 0 ? [`not possible here: ${leftOut.join(', ')}`] : []),
        '',
        textTable([[...head, 'p50 ms', 'p99 ms', 'errors were'], ...rows]),
        '',
        `p99 of healthy servers: ${cell(figures.quietP99Ms)} ms quiet, ${cell(figures.soakP99Ms)} ms in the soak`,
        ...soak.slowSeconds.map(
          ([second, ms]) => `at ${second} s: a call to a healthy server took ${ms} ms${aroundSecond(points, second)}`,
        ),
        `the runtime waited for a core for ${(figures.waitedForCoreMs / 1000).toFixed(1)} s of ${seconds} s: the less, the more the latencies mean`,
        `the load generator itself was late by at most ${round(soak.ownLagMs)} ms`,
        `memory: ${cell(figures.memoryMiB)} MiB, ${figures.memorySlopeMiBPerMinute.toFixed(2)} MiB a minute over the second half`,
        ...soak.targets.flatMap(each =>
          [...each.wrongExamples, ...each.lateExamples].map(text => `${each.server}: ${text}`),
        ),
        '',
        goalTable(goals),
        '',
      ].join('\n'),
    )
  }
  if (values.check && (!figures.alive || goals.some(({verdict}) => verdict === 'missed'))) process.exitCode = 1
} finally {
  await proxy.stop()
  for (const backend of httpBackends) await backend.stop()
  for (const server of [redis, postgres]) {
    server?.freeze(false)
    await server?.kill()
  }
}
