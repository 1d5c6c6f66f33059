/** What a doctor's run costs: its wall time against its slowest check alone, and the CPU of a start. */
import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {doctorReport} from '../../test/fixtures/faults/doctor-report.ts'
import {healthyInstallations} from '../../test/fixtures/faults/healthy.ts'
import {World} from '../../test/fixtures/faults/world.ts'
import {packageRoot} from '../../test/helpers/package-root.ts'
import {median} from './goals.ts'

const slowest = 6

/** @returns medians over the rounds, interleaved, in ms */
export async function measureTimes({rounds}) {
  const world = new World()
  try {
    await healthyInstallations.find(({id}) => id === 'twenty-servers')?.build(world)
    const env = {...world.env, ...world.doctorEnv}
    const run = async args => {
      const started = performance.now()
      const {report} = await doctorReport({cwd: world.folder, env, args})
      return {report, ms: performance.now() - started}
    }
    const {report} = await run([])
    // Those whose facts were there last; each of the others is over before.
    const byTime = [...report.findings].sort((a, b) => b.ms - a.ms).map(({id}) => id)
    const candidates = [...new Set(byTime)].slice(0, slowest)
    const whole = []
    const alone = Object.fromEntries(candidates.map(id => [id, []]))
    for (let round = 0; round < rounds; round++) {
      whole.push((await run([])).ms)
      for (const id of candidates) alone[id].push((await run([id])).ms)
    }
    const checks = candidates.map(id => ({id, ms: median(alone[id])})).sort((a, b) => b.ms - a.ms)
    const wholeMs = median(whole)
    return {wholeMs, checks, ratio: wholeMs / checks[0].ms, cpu: cpuOf(env, world.folder, rounds)}
  } finally {
    await world.close()
  }
}

/** User and system time of one start, in ms, the median over the rounds. */
function cpuOf(env, cwd, rounds) {
  const doctor = args => [join(packageRoot, 'bin/run.js'), 'doctor', ...args]
  const subjects = {'node -e 0': ['-e', '0'], 'doctor --quick': doctor(['--quick']), doctor: doctor([])}
  const taken = Object.fromEntries(Object.keys(subjects).map(name => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, args] of Object.entries(subjects)) {
      const before = childrenCpuMs()
      for (let i = 0; i < 3; i++) spawnSync(process.execPath, args, {env, cwd, stdio: 'ignore'})
      if (round > 0) taken[name].push((childrenCpuMs() - before) / 3)
    }
  }
  return Object.entries(taken).map(([name, all]) => ({name, cpuMs: median(all)}))
}

/** Of all children that have ended: fields 16 and 17 of /proc/self/stat, ticks of 10 ms. */
function childrenCpuMs() {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}
