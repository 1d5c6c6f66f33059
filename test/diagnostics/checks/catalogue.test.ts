import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {catalogue} from '../../../src/diagnostics/checks/catalogue.ts'
import {sectionOf} from '../../../src/diagnostics/explain-check.ts'
import {isBad} from '../../../src/diagnostics/root-causes.ts'
import {inReadingOrder} from '../../../src/diagnostics/runner.ts'
import {factOf} from '../world.ts'
import {authCases} from './auth.cases.ts'
import type {CheckCase, CheckCases} from './check-case.ts'
import {configFilesCases} from './config-files.cases.ts'
import {configFoundCases} from './config-found.cases.ts'
import {configValidCases} from './config-valid.cases.ts'
import {controlAnswersCases} from './control-answers.cases.ts'
import {healthEndpointCases} from './health-endpoint.cases.ts'
import {hostCases} from './host.cases.ts'
import {logsRecentErrorsCases} from './logs-recent-errors.cases.ts'
import {networkCases} from './network.cases.ts'
import {performanceCases} from './performance.cases.ts'
import {portListeningCases} from './port-listening.cases.ts'
import {portOwnerCases} from './port-owner.cases.ts'
import {processCases} from './process.cases.ts'
import {processRunningCases} from './process-running.cases.ts'
import {serversCases} from './servers.cases.ts'
import {serversUpCases} from './servers-up.cases.ts'
import {storesCases} from './stores.cases.ts'

const table: readonly CheckCases[] = [
  configFoundCases,
  configValidCases,
  portOwnerCases,
  processRunningCases,
  controlAnswersCases,
  portListeningCases,
  serversUpCases,
  healthEndpointCases,
  logsRecentErrorsCases,
  ...configFilesCases,
  ...hostCases,
  ...processCases,
  ...networkCases,
  ...serversCases,
  ...authCases,
  ...storesCases,
  ...performanceCases,
]
const page = readFileSync(new URL('../../../docs/troubleshooting.md', import.meta.url), 'utf8')

function runOn({check}: CheckCases, {world}: CheckCase) {
  const facts = check.needs(world.context).map(key => factOf(world, key))
  return check.run(facts, world.context)
}

describe.each(table)('$check.id', cases => {
  const {passing, failing, between = []} = cases
  test.each([...passing, ...failing, ...between])('says $status when $when', each => {
    const findings = runOn(cases, each)
    const found = findings.find(({status}) => status === each.status)
    expect(findings.map(({status}) => status)).toContain(each.status)
    expect(found?.summary).toContain(each.summary)
    if (each.subject !== undefined) expect(found?.subject).toBe(each.subject)
    if (each.evidence !== undefined) expect(found?.evidence.join('\n')).toContain(each.evidence)
    if (each.remedy !== undefined) expect(found?.remedy).toContain(each.remedy)
  })

  test('does not fail where it passes, and names as causes only checks that are read before it', () => {
    for (const each of passing) expect(runOn(cases, each).filter(isBad)).toEqual([])
    const before = transitiveAfter(cases.check.id)
    for (const each of [...failing, ...between]) {
      for (const {causes} of runOn(cases, each)) {
        for (const {id} of causes) expect(before).toContain(id)
      }
    }
  })
})

describe('the catalogue', () => {
  test.each(catalogue)(
    '$id has a passing and a failing case, and says its severity in the first failing one',
    check => {
      const cases = table.find(each => each.check === check)
      expect(cases?.passing.length).toBeGreaterThan(0)
      expect(cases?.failing[0]?.status).toBe(check.severity)
    },
  )

  test.each(catalogue)('$id has a section in the docs, headed by what it says when it fails', check => {
    const cases = table.find(each => each.check === check)
    const section = sectionOf(page, check.docs) ?? ''
    const heading = /^## (.+)$/m.exec(section)?.[1] ?? 'no heading'
    const [first] = cases?.failing ?? []
    const said =
      first && cases
        ? runOn(cases, first)
            .map(({summary}) => summary.toLowerCase())
            .join('\n')
        : ''
    for (const words of heading.toLowerCase().split('…')) expect(said).toContain(words.trim())
    expect(section).toContain(`Check \`${check.id}\``)
    for (const part of ['**Cause.**', '**What to do.**', '```console', '```text']) expect(section).toContain(part)
  })

  test('has ids of the form area.fact, each once, and keeps those that were published', () => {
    const ids = catalogue.map(({id}) => id)
    for (const id of ids) expect(id).toMatch(/^[a-z]+\.[a-z0-9_]+$/)
    expect(ids).toEqual([
      'config.found',
      'config.valid',
      'config.permissions',
      'config.writable',
      'config.secrets',
      'config.variables',
      'state.usable',
      'state.folder',
      'host.memory',
      'host.disk',
      'host.inodes',
      'host.clock',
      'host.ports',
      'host.cgroup',
      'host.oom_kills',
      'host.unit_file',
      'install.executable',
      'auth.key_file',
      'tls.certificate',
      'tls.client_ca',
      'port.owner',
      'process.descriptors',
      'process.running',
      'process.single',
      'control.answers',
      'config.drift',
      'config.reload',
      'state.leftovers',
      'process.version',
      'process.restarts',
      'process.zombies',
      'process.orphans',
      'process.event_loop',
      'process.memory',
      'process.heap_growth',
      'port.listening',
      'network.dns',
      'network.connect',
      'network.tls',
      'network.latency',
      'network.connections',
      'network.firewall',
      'network.proxy_variables',
      'servers.command',
      'servers.credentials',
      'servers.handshake',
      'servers.first_byte',
      'servers.up',
      'servers.stdout',
      'servers.errors',
      'servers.breakers',
      'tools.schema',
      'tools.names',
      'tools.clashes',
      'tools.offered',
      'tools.context',
      'health.endpoint',
      'auth.exposed',
      'auth.issuers',
      'auth.refused',
      'tls.key_mode',
      'tls.listener',
      'tls.mutual',
      'store.requests',
      'store.breakers',
      'store.redis',
      'store.postgres',
      'store.writing',
      'logs.writable',
      'logs.size',
      'logs.lost',
      'cache.hits',
      'performance.latency',
      'performance.queue',
      'performance.limited',
      'performance.errors',
      'performance.p99',
      'logs.recent_errors',
    ])
  })

  test('stands in reading order, and names only its own checks in `after`', () => {
    expect(inReadingOrder(catalogue)).toEqual(catalogue)
    for (const {after} of catalogue) for (const id of after) expect(catalogue.map(check => check.id)).toContain(id)
  })
})

function transitiveAfter(id: string): readonly string[] {
  const after = catalogue.find(check => check.id === id)?.after ?? []
  return [...after, ...after.flatMap(transitiveAfter)]
}
