#!/usr/bin/env node
/**
 * How good the doctor is: faults that are made for real and named, healthy installations that are left in peace, and
 * what a run costs.
 *   npm run build && npm run bench:doctor -- [--part faults,healthy,times] [--rounds 5] [--only FAULT,…] [--servers 1000]
 *     [--json] [--check]
 * All of it takes some ten minutes, most of them the faults; with --part only what is named, with --only nothing but those
 * faults; with --check exit 1 when a goal is missed. As root it also mounts small file
 * systems in its own temporary folders; Redis and PostgreSQL are the Debian packages. What cannot be made here is named
 * and does not count.
 */
import {availableParallelism, cpus, loadavg} from 'node:os'
import {parseArgs} from 'node:util'
import {textTable} from '../../test/conformance/comparison.ts'
import {runFaults} from './doctor-faults.mjs'
import {lookAtHealthy, lookAtMany} from './doctor-healthy.mjs'
import {measureTimes} from './doctor-times.mjs'
import {round} from './goals.ts'

const {values} = parseArgs({
  options: {
    part: {type: 'string', default: 'faults,healthy,times'},
    rounds: {type: 'string', default: '5'},
    only: {type: 'string', default: ''},
    servers: {type: 'string', default: '1000'},
    json: {type: 'boolean', default: false},
    check: {type: 'boolean', default: false},
  },
})
const only = values.only.split(',').filter(part => part !== '')
const parts = only.length > 0 ? ['faults'] : values.part.split(',')
const unknown = parts.filter(part => !['faults', 'healthy', 'times'].includes(part))
if (unknown.length > 0) {
  process.stderr.write(`--part knows faults, healthy and times, not ${unknown.join(', ')}\n`)
  process.exit(2)
}
const progress = text => process.stderr.write(`${text}\n`)

const runs = parts.includes('faults')
  ? await runFaults({only, onRun: ({fault, outcome}) => progress(`${outcome.padEnd(8)}${fault.id}`)})
  : []
const made = runs.filter(({outcome}) => outcome !== 'not run')
const named = made.filter(({outcome}) => outcome === 'named')
const healthy = parts.includes('healthy') ? await lookAtHealthy() : []
const many = parts.includes('healthy') ? await lookAtMany(Number(values.servers)) : null
const times = parts.includes('times') ? await measureTimes({rounds: Number(values.rounds)}) : null

const goals = [
  ...(parts.includes('faults')
    ? [
        {text: 'faults made for real', limit: '>= 40', value: made.length, met: made.length >= 40},
        {
          text: 'share named as the top finding',
          limit: '>= 0.95',
          value: named.length / made.length,
          met: named.length >= 0.95 * made.length,
        },
      ]
    : []),
  ...(parts.includes('healthy')
    ? [
        {
          text: 'failures of healthy installations',
          limit: '0',
          value: healthy.reduce((sum, {falseFailures}) => sum + falseFailures.length, 0),
          met: healthy.every(({falseFailures}) => falseFailures.length === 0),
        },
      ]
    : []),
  ...(times === null
    ? []
    : [{text: 'a whole run against its slowest check', limit: '<= 1.3', value: times.ratio, met: times.ratio <= 1.3}]),
]

if (values.json) {
  const faults = runs.map(({fault, ...run}) => ({id: fault.id, title: fault.title, check: fault.check, ...run}))
  console.log(
    JSON.stringify({node: process.version, cpu: cpus()[0]?.model, faults, healthy, many, times, goals}, null, 2),
  )
} else print()
if (values.check && goals.some(({met}) => !met)) process.exitCode = 1

function print() {
  console.log(
    `node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model}, load ${round(loadavg()[0])}\n`,
  )
  if (runs.length > 0) printFaults()
  if (many !== null) printHealthy()
  if (times !== null) {
    console.log(
      `\na whole run: ${round(times.wholeMs)} ms; alone: ${times.checks.map(({id, ms}) => `${id} ${round(ms)}`).join(', ')}`,
    )
    console.log(`CPU of a start: ${times.cpu.map(({name, cpuMs}) => `${name} ${round(cpuMs)} ms`).join(', ')}`)
  }
  const table = goals.map(({text, limit, value, met}) => [text, limit, round(value), met ? 'met' : 'missed'])
  console.log(`\n${textTable([['goal', 'limit', 'measured', ''], ...table])}`)
}

function printFaults() {
  const rows = runs.map(({fault, outcome, top, why}) => [
    fault.id,
    fault.title,
    fault.check,
    outcome === 'missed' ? `missed: ${top || why}` : outcome === 'not run' ? `not run: ${why}` : 'named',
  ])
  console.log(textTable([['fault', 'what is wrong', 'expected first', ''], ...rows]))
  const extra = named.filter(({roots}) => roots.length > 1)
  for (const {fault, roots} of extra)
    console.log(`\n${fault.id}: further roots beside it: ${roots.slice(1).join(', ')}`)
}

function printHealthy() {
  const installations = healthy.map(({id, title, falseFailures, warnings, fine, ms}) => [
    id,
    title,
    falseFailures.join('; ') || 'none',
    warnings.join('; ') || 'none',
    String(fine),
    String(ms),
  ])
  console.log(`\n${textTable([['healthy', '', 'false failures', 'warnings', 'fine', 'ms'], ...installations])}`)
  console.log(`\n${many.servers} servers: ${many.ms} ms, ${many.findings} findings, ${many.roots} of them bad`)
}
