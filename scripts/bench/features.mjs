#!/usr/bin/env node
import {execFileSync} from 'node:child_process'
/**
 * What the features of production cost: the proxy with an API key, metrics, logs and the request log on, against the same
 * with all of them off, over one backend:
 *   npm run build && node scripts/bench/features.mjs [--pairs 7] [--rounds 6] [--seconds 1] [--connections 64] [--json] [--check]
 * The figure is CPU a call of the proxy's process, all threads. Two processes of one configuration differ by up to a tenth
 * for as long as they live (where their memory happens to lie), so each pair is two new ones, measured in turn, and the
 * ratio is the median of the pairs' ratios: it has to be at most 1.15.
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
    pairs: {type: 'string', default: '7'},
    rounds: {type: 'string', default: '6'},
    seconds: {type: 'string', default: '1'},
    connections: {type: 'string', default: '64'},
    json: {type: 'boolean', default: false},
    check: {type: 'boolean', default: false},
  },
})
const [pairs, rounds, seconds, connections] = ['pairs', 'rounds', 'seconds', 'connections'].map(name =>
  Number(values[name]),
)
if (![pairs, rounds, seconds, connections].every(number => number > 0)) {
  process.stderr.write('--pairs, --rounds, --seconds and --connections have to be above 0\n')
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
    observability: {metrics: {enabled: false}, logging: {level: 'off'}},
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
const measured = []
try {
  for (let number = 0; number < pairs; number++) {
    measured.push(await measurePair())
    if (!values.json) process.stdout.write(`pair ${number + 1}: ${textOfPair(measured.at(-1))}\n`)
  }
  report()
} finally {
  await backend.stop()
}

/** Two new processes, loaded in turn. @returns the rounds of each, by its id */
async function measurePair() {
  const running = []
  try {
    for (const variant of variants) running.push(await startVariant(variant))
    for (const one of running) await load(one, WARM_UP_SECONDS)
    for (let number = 0; number < rounds; number++) {
      // In turn the one, then the other first: what comes second finds a warmer machine.
      for (const one of number % 2 === 0 ? running : running.toReversed()) one.rounds.push(await measureRound(one))
    }
    return Object.fromEntries(running.map(({id, rounds: all}) => [id, all]))
  } finally {
    for (const {proxy} of running) await proxy.stop()
  }
}

async function startVariant({id, observability, config, headers}) {
  const proxy = await startProxy([{id: 'be', prefix: '', endpoint}], {wrap, observability, config})
  const {pid} = JSON.parse(readFileSync(join(proxy.folder, 'state', 'runtime.json'), 'utf8'))
  const session = await openSession(proxy.url, headers)
  return {id, proxy, pid, headers: {...session, ...headers}, rounds: []}
}

function load(one, duration) {
  const {port, pathname: path} = new URL(one.proxy.url)
  const options = {port: Number(port), path, headers: one.headers, body: callBody, connections, seconds: duration}
  return runLoad({...options, mustInclude: expected}, pinTo(1))
}

async function measureRound(one) {
  const before = {all: cpuUs(one.pid), main: mainThreadUs(one.pid)}
  const {completed, seconds: took, failures} = await load(one, seconds)
  return {
    rps: completed / took,
    cpuUsPerCall: (cpuUs(one.pid) - before.all) / completed,
    mainUsPerCall: (mainThreadUs(one.pid) - before.main) / completed,
    rssMiB: rssMiB(one.pid),
    failures,
  }
}

/** The thread that serves requests; the request log is written by another. */
function mainThreadUs(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')
  return Number(text.split(' ')[0]) / 1000
}

function medianOf(all, name) {
  return median(all.map(round => round[name]))
}

/** What the features cost in one pair, as a factor. */
function ratioOf(pair, name) {
  return medianOf(pair.on, name) / medianOf(pair.off, name)
}

function textOfPair(pair) {
  const [off, on] = [pair.off, pair.on].map(all => round(medianOf(all, 'cpuUsPerCall')))
  return `off ${off} us, on ${on} us, ratio ${ratioOf(pair, 'cpuUsPerCall').toFixed(3)}`
}

function report() {
  const [ratio, mainRatio] = ['cpuUsPerCall', 'mainUsPerCall'].map(name =>
    median(measured.map(pair => ratioOf(pair, name))),
  )
  const failed = measured.flatMap(pair => [...pair.off, ...pair.on]).flatMap(({failures}) => Object.entries(failures))
  const met = ratio <= GOAL && failed.length === 0
  const machine = {cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version, load: loadavg()[0]}
  if (values.json) {
    const settings = {pairs, rounds, seconds, connections}
    const document = {schemaVersion: 2, machine, ...settings, ratio, mainRatio, goal: GOAL, met, results: measured}
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  } else {
    const rows = variants.map(({id}) => {
      const all = measured.flatMap(pair => pair[id])
      const cpu = measured.map(pair => medianOf(pair[id], 'cpuUsPerCall'))
      const spread = `${round(median(cpu))} (${round(Math.min(...cpu))}-${round(Math.max(...cpu))})`
      return [
        id,
        round(medianOf(all, 'rps')),
        spread,
        round(medianOf(all, 'mainUsPerCall')),
        round(medianOf(all, 'rssMiB')),
      ]
    })
    const ratios = measured.map(pair => ratioOf(pair, 'cpuUsPerCall'))
    const spread = `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`
    process.stdout.write(
      [
        `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${pairs} pairs, ${rounds} rounds of ${seconds} s, ${connections} connections`,
        textTable([['features', 'calls/s', 'CPU us/call', 'of it main thread', 'RSS MiB'], ...rows]),
        ...failed.map(([why, count]) => `failed: ${why}: ${count}`),
        `ratio ${ratio.toFixed(3)} (${spread}; main thread ${mainRatio.toFixed(3)}), goal <= ${GOAL}: ${met ? 'met' : 'missed'}`,
        '',
      ].join('\n'),
    )
  }
  if (values.check && !met) process.exitCode = 1
}
