#!/usr/bin/env node
import {execFileSync} from 'node:child_process'
/**
 * What the features of production cost: the proxy with an API key, metrics, logs and the request log on, against the same
 * with all of them off, in interleaved rounds over one backend:
 *   npm run build && node scripts/bench/features.mjs [--rounds 5] [--seconds 4] [--connections 64] [--json] [--check]
 * The figure is CPU a call of the proxy's process, all threads: the ratio of the medians has to be at most 1.15.
 */
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {availableParallelism, cpus, loadavg} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {textTable} from '../../test/conformance/comparison.ts'
import {exitOnSignals} from '../../test/conformance/end-with-us.ts'
import {startProxy} from '../../test/conformance/running-proxy.ts'
import {startProcess} from '../../test/conformance/started-process.ts'
import {median, round} from './goals.ts'
import {openSession} from './handshake.mjs'
import {runLoad} from './measure.mjs'
import {callBody} from './payloads.mjs'
import {cpuUs, pinned, rssMiB} from './process-figures.mjs'

const GOAL = 1.15
const WARM_UP_SECONDS = 2
const expected = 'xxxxxxxxxxxxxxxx'
const key = 'o1k_a-key-that-is-good-for-a-benchmark-only'

exitOnSignals()
const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    seconds: {type: 'string', default: '4'},
    connections: {type: 'string', default: '64'},
    json: {type: 'boolean', default: false},
    check: {type: 'boolean', default: false},
  },
})
const [rounds, seconds, connections] = [values.rounds, values.seconds, values.connections].map(Number)
if (!(rounds > 0) || !(seconds > 0) || !(connections > 0)) {
  process.stderr.write('--rounds, --seconds and --connections have to be above 0\n')
  process.exit(2)
}

const canPin = availableParallelism() > 1 && hasTaskset()
if (!canPin) process.stderr.write('taskset or a second core is missing: nothing is pinned, trust no figure\n')
const pinTo = core => (canPin ? (command, args) => pinned(core, command, args) : (command, args) => [command, args])

function hasTaskset() {
  try {
    execFileSync('taskset', ['--version'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}

const variants = [
  {
    id: 'off',
    observability: {metrics: {enabled: false}, logging: {level: 'error'}},
    config: {},
    headers: {},
  },
  {
    id: 'on',
    observability: {logging: {level: 'info'}, request_log: {backend: 'sqlite'}},
    config: {
      auth: {
        api_keys: [{id: 'bench', hash: `sha256:${createHash('sha256').update(key).digest('hex')}`, roles: ['all']}],
        roles: {all: {servers: ['*']}},
      },
    },
    headers: {'X-API-Key': key},
  },
]

const [backendCommand, backendArgs] = pinTo(1)(process.execPath, [
  fileURLToPath(new URL('http-backend.mjs', import.meta.url)),
])
const backend = await startProcess(backendCommand, backendArgs, {ready: /^listening \d+$/, timeoutMs: 15_000})
const endpoint = `http://127.0.0.1:${backend.readyLine.split(' ')[1]}/mcp`
const [wrapCommand, wrapArgs] = pinTo(0)('', [])
const wrap = wrapCommand === '' ? [] : [wrapCommand, ...wrapArgs.filter(argument => argument !== '')]
const running = []
try {
  for (const {id, observability, config, headers} of variants) {
    const proxy = await startProxy([{id: 'be', prefix: '', endpoint}], {wrap, observability, config})
    const {pid} = JSON.parse(readFileSync(join(proxy.folder, 'state', 'runtime.json'), 'utf8'))
    const session = await openSession(proxy.url, headers)
    running.push({id, proxy, pid, headers: {...session, ...headers}, rounds: []})
  }
  const load = (one, duration) => {
    const {port, pathname: path} = new URL(one.proxy.url)
    const options = {port: Number(port), path, headers: one.headers, body: callBody, connections, seconds: duration}
    return runLoad({...options, mustInclude: expected}, pinTo(1))
  }
  for (const one of running) await load(one, WARM_UP_SECONDS)
  for (let number = 0; number < rounds; number++) {
    // In turn the one, then the other first: what comes second finds a warmer machine.
    for (const one of number % 2 === 0 ? running : running.toReversed()) {
      const before = {all: cpuUs(one.pid), main: mainThreadUs(one.pid)}
      const result = await load(one, seconds)
      one.rounds.push({
        rps: result.completed / result.seconds,
        cpuUsPerCall: (cpuUs(one.pid) - before.all) / result.completed,
        mainUsPerCall: (mainThreadUs(one.pid) - before.main) / result.completed,
        rssMiB: rssMiB(one.pid),
        failures: result.failures,
      })
    }
  }
  report()
} finally {
  for (const {proxy} of running) await proxy.stop()
  await backend.stop()
}

/** The thread that serves requests; the request log is written by another. */
function mainThreadUs(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')
  return Number(text.split(' ')[0]) / 1000
}

function report() {
  const medians = Object.fromEntries(
    running.map(({id, rounds: all}) => [
      id,
      Object.fromEntries(
        ['rps', 'cpuUsPerCall', 'mainUsPerCall', 'rssMiB'].map(name => [name, median(all.map(each => each[name]))]),
      ),
    ]),
  )
  const failed = running.flatMap(({rounds: all}) => all.flatMap(({failures}) => Object.entries(failures)))
  const ratio = medians.on.cpuUsPerCall / medians.off.cpuUsPerCall
  const mainRatio = medians.on.mainUsPerCall / medians.off.mainUsPerCall
  const met = ratio <= GOAL && failed.length === 0
  const machine = {cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version, load: loadavg()[0]}
  if (values.json) {
    const document = {
      schemaVersion: 1,
      machine,
      rounds,
      seconds,
      connections,
      medians,
      ratio,
      mainRatio,
      goal: GOAL,
      met,
      results: running.map(({id, rounds: all}) => ({id, rounds: all})),
    }
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  } else {
    const rows = running.map(({id, rounds: all}) => {
      const cpu = all.map(each => each.cpuUsPerCall)
      const {rps, cpuUsPerCall, mainUsPerCall, rssMiB: rss} = medians[id]
      const spread = `${round(cpuUsPerCall)} (${round(Math.min(...cpu))}-${round(Math.max(...cpu))})`
      return [id, round(rps), spread, round(mainUsPerCall), round(rss)]
    })
    process.stdout.write(
      [
        `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${rounds} rounds of ${seconds} s, ${connections} connections`,
        textTable([['features', 'calls/s', 'CPU us/call', 'of it main thread', 'RSS MiB'], ...rows]),
        ...failed.map(([why, count]) => `failed: ${why}: ${count}`),
        `ratio ${ratio.toFixed(3)} (main thread ${mainRatio.toFixed(3)}), goal <= ${GOAL}: ${met ? 'met' : 'missed'}`,
        '',
      ].join('\n'),
    )
  }
  if (values.check && !met) process.exitCode = 1
}
