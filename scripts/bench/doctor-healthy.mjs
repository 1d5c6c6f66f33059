/** What the doctor says of installations of which nothing bad can be said. */
import {doctorReport} from '../../test/fixtures/faults/doctor-report.ts'
import {healthyInstallations, manyServers} from '../../test/fixtures/faults/healthy.ts'
import {World} from '../../test/fixtures/faults/world.ts'

const bad = ['fail', 'error', 'timeout']

/** @returns for each installation what was said of it that is not true */
export async function lookAtHealthy() {
  const rows = []
  for (const {id, title, build, knownRoot} of healthyInstallations) {
    const {report, ms} = await inWorld(build)
    const roots = report.rootCauses.filter(root => root.id !== knownRoot)
    const findings = roots.map(root =>
      report.findings.find(each => each.id === root.id && each.subject === root.subject),
    )
    const count = status => report.findings.filter(each => status.includes(each.status)).length
    rows.push({
      id,
      title,
      falseFailures: findings.map(each => `${each.id} ${each.subject}: ${each.summary}`),
      warnings: report.findings.filter(each => each.status === 'warn').map(each => `${each.id}: ${each.summary}`),
      fine: count(['pass', 'info']),
      consequences: count(bad) - report.rootCauses.length,
      ms,
    })
  }
  return rows
}

/** @returns the time of one run with so many servers, and what was bad */
export async function lookAtMany(servers) {
  const {report, ms} = await inWorld(world => manyServers(world, servers))
  return {servers, ms, roots: report.rootCauses.length, findings: report.findings.length, verdict: report.verdict}
}

async function inWorld(build) {
  const world = new World()
  try {
    await build(world)
    const started = performance.now()
    const {report} = await doctorReport({cwd: world.folder, env: {...world.env, ...world.doctorEnv}})
    return {report, ms: Math.round(performance.now() - started)}
  } finally {
    await world.close()
  }
}
