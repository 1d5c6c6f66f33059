#!/usr/bin/env node
/**
 * Measures the proxy against direct calls, nginx, an SDK proxy and other MCP proxies, in interleaved rounds:
 *   node scripts/bench/proxy.mjs [--rounds 3] [--seconds 5] [--connections 64] [--subjects direct,sdk,only1mcp]
 *                                [--quick] [--json] [--check] [--peers-dir DIR]
 * The proxy has core 0, backend and load generator core 1. CPU a call of the proxy's process is the robust figure;
 * calls a second and latencies mean something on a quiet machine only. --check makes exit 1 when a goal is missed.
 */
import {execFileSync} from 'node:child_process'
import {mkdtempSync} from 'node:fs'
import {availableParallelism, cpus, loadavg, release, tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {exitOnSignals, removeWithUs} from '../../test/conformance/end-with-us.ts'
import {startProcess} from '../../test/conformance/started-process.ts'
import {judgeGoals, median, round} from './goals.ts'
import {idleRssMiB} from './idle-memory.mjs'
import {measureSubject} from './measure.mjs'
import {defaultPeersFolder, peerVersions} from './peers.mjs'
import {pinned} from './process-figures.mjs'
import {goalTable, subjectTable} from './report.mjs'
import {scratchFolder, subjects} from './subjects.mjs'

const PROXY_CORE = 0
const OTHER_CORE = 1
const figures = ['rps', 'cpuUsPerCall', 'p50Us', 'p99Us', 'cpuUsPerList', 'rssMiB']

exitOnSignals()
const {values} = parseArgs({
  options: {
    rounds: {type: 'string'},
    seconds: {type: 'string'},
    connections: {type: 'string', default: '64'},
    subjects: {type: 'string'},
    quick: {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
    check: {type: 'boolean', default: false},
    'peers-dir': {type: 'string', default: defaultPeersFolder},
  },
})
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3))
const seconds = Number(values.seconds ?? (values.quick ? 2 : 5))
const connections = Number(values.connections)
const names = values.subjects?.split(',') ?? subjects.map(({id}) => id)
const wanted = subjects.filter(({id}) => names.includes(id))
const unknown = names.filter(name => !subjects.some(({id}) => id === name))
if (unknown.length > 0 || !(rounds > 0) || !(seconds > 0) || !(connections > 0)) {
  process.stderr.write(
    `unknown: ${unknown.join(', ') || 'rounds, seconds or connections'}; subjects: ${subjects.map(({id}) => id).join(', ')}\n`,
  )
  process.exit(2)
}

const say = text => process.stderr.write(`${text}\n`)
const canPin = availableParallelism() > 1 && hasTaskset()
if (!canPin) say('taskset or a second core is missing: nothing is pinned, trust no figure')
const pinTo = core => (canPin ? (command, args) => pinned(core, command, args) : (command, args) => [command, args])

function hasTaskset() {
  try {
    execFileSync('taskset', ['--version'], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}

/** Each subject once; one that cannot start is left out of later rounds, with the reason. */
async function runRound(roundNumber, environment, results) {
  for (const result of results) {
    if (result.why !== undefined) continue
    say(`round ${roundNumber}: ${result.id}`)
    try {
      const folder = scratchFolder(environment.root, result.id, roundNumber)
      const subject = subjects.find(({id}) => id === result.id)
      const options = {seconds, connections, pinLoad: pinTo(OTHER_CORE)}
      result.rounds.push(await measureSubject(subject, {...environment, folder}, options))
    } catch (error) {
      result.why = error instanceof Error ? error.message.split('\n')[0].slice(0, 300) : String(error)
    }
  }
}

function summarize(result) {
  const column = figure => result.rounds.map(one => one[figure]).filter(value => value !== undefined)
  result.median = Object.fromEntries(figures.map(figure => [figure, median(column(figure))]))
  result.spread = Object.fromEntries(
    figures.map(figure => [figure, [Math.min(...column(figure)), Math.max(...column(figure))]]),
  )
  result.failures = result.rounds.reduce(
    (sum, {failures}) => sum + Object.values(failures).reduce((a, b) => a + b, 0),
    0,
  )
}

/** Whether a subject hands on the very bytes of the backend, in calls and lists. */
function compareAnswers(measured) {
  const direct = measured.find(({id}) => id === 'direct')?.rounds[0].answers
  for (const result of measured) {
    const [call, list] = result.rounds[0].answers
    result.sameBytes = direct !== undefined && call === direct[0] && (list === undefined || list === direct[1])
  }
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  kernel: release(),
  node: process.version,
  loadBefore: loadavg().map(value => Number(value.toFixed(2))),
}
const root = mkdtempSync(join(tmpdir(), 'only1mcp-bench-'))
removeWithUs(root)
const backendFile = fileURLToPath(new URL('http-backend.mjs', import.meta.url))
const [backendCommand, backendArgs] = pinTo(OTHER_CORE)(process.execPath, [backendFile])
const backend = await startProcess(backendCommand, backendArgs, {ready: /^listening \d+$/, timeoutMs: 15_000})
try {
  const backendPort = Number(backend.readyLine.split(' ')[1])
  const environment = {
    root,
    backendPort,
    backendPid: backend.pid,
    backendUrl: `http://127.0.0.1:${backendPort}/mcp`,
    peersFolder: values['peers-dir'],
    otherCore: OTHER_CORE,
    pin: pinTo(PROXY_CORE),
  }
  const results = wanted.map(({id, title}) => ({id, title, rounds: []}))
  for (let number = 1; number <= rounds; number += 1) await runRound(number, environment, results)
  for (const result of results) if (result.rounds.length > 0) summarize(result)
  const measured = results.filter(({rounds}) => rounds.length > 0)
  compareAnswers(measured)
  const medians = Object.fromEntries(measured.map(({id, median}) => [id, median]))
  const memory = medians.only1mcp === undefined ? {} : {idleRssMiB: await idleRssMiB(environment.backendUrl)}
  const judged = judgeGoals(medians, memory)
  machine.loadAfter = loadavg().map(value => Number(value.toFixed(2)))
  if (values.json) {
    const document = {
      schemaVersion: 1,
      machine,
      peerVersions,
      rounds,
      seconds,
      connections,
      results,
      memory,
      goals: judged,
    }
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
  } else {
    const {cpu, cores, kernel, node, loadBefore, loadAfter} = machine
    const peers = Object.entries(peerVersions).map(([name, version]) => `${name} ${version}`)
    process.stdout.write(
      [
        `${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}; load ${loadBefore[0]} before, ${loadAfter[0]} after`,
        `${rounds} rounds of ${seconds} s, ${connections} connections, medians (CPU: lowest-highest); ${peers.join(', ')}`,
        '',
        subjectTable(results),
        '',
        goalTable(judged),
        memory.idleRssMiB === undefined ? '' : `\nidle with 100 servers: ${round(memory.idleRssMiB)} MiB`,
        '',
      ].join('\n'),
    )
  }
  if (values.check && judged.some(({verdict}) => verdict === 'missed')) process.exitCode = 1
} finally {
  await backend.stop()
}
