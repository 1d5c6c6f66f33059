#!/usr/bin/env node
/**
 * What a command costs before it does anything: CPU time against a bare `node -e 0`, in interleaved rounds.
 *
 *   node scripts/bench/startup.mjs [--rounds 10] [--json]
 */
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

const {values} = parseArgs({
  options: {rounds: {type: 'string', default: '10'}, json: {type: 'boolean', default: false}},
})
const rounds = Number(values.rounds)
const launcher = fileURLToPath(new URL('../../bin/only1mcp', import.meta.url))
const subjects = {
  'node -e 0': [process.execPath, '-e', '0'],
  'only1mcp --version': [launcher, '--version'],
  'only1mcp --help': [launcher, '--help'],
  'only1mcp status': [launcher, 'status'],
  'only1mcp doctor --quick': [launcher, 'doctor', '--quick'],
}

/** User and system time of all children that have ended, in ms: fields 16 and 17 of /proc/self/stat, 10 ms ticks. */
function childrenCpuMs() {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}

const total = Object.fromEntries(Object.keys(subjects).map(name => [name, 0]))
for (let round = 0; round <= rounds; round++) {
  for (const [name, [command, ...args]] of Object.entries(subjects)) {
    const before = childrenCpuMs()
    // Several at a time, since one is shorter than a few ticks.
    for (let i = 0; i < 3; i++) spawnSync(command, args, {stdio: 'ignore'})
    if (round > 0) total[name] += childrenCpuMs() - before // the first round fills the caches
  }
}

const bare = total['node -e 0']
const rows = Object.entries(total).map(([name, ms]) => ({
  name,
  cpuMs: Number((ms / rounds / 3).toFixed(1)),
  ratio: Number((ms / bare).toFixed(2)),
}))
if (values.json) console.log(JSON.stringify({node: process.version, rounds, rows}, null, 2))
else
  for (const {name, cpuMs, ratio} of rows)
    console.log(`${name.padEnd(26)} ${String(cpuMs).padStart(7)} ms CPU  ${ratio.toFixed(2)}x`)
