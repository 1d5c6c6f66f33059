#!/usr/bin/env node
/**
 * Runs the public conformance suite.
 *
 *   node scripts/conformance.mjs --url http://127.0.0.1:8080/mcp     one server
 *   node scripts/conformance.mjs --proxy [--backend stdio|http]      our fixture direct, and through the built proxy
 *   node scripts/conformance.mjs --client [--command "node x.mjs"]   a client program: how we speak to backends
 *
 * Also: --requirements SET (repeatable; default both), --keep (leave the result files), --verbose (name failed checks).
 * Exit 1 when a scored scenario that passes direct is lost through the proxy, or, without --proxy, fails.
 */
import {existsSync} from 'node:fs'
import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {compareRuns, scenarioCell, summaryLine, textTable} from '../test/conformance/comparison.ts'
import {exitOnSignals, removeWithUs} from '../test/conformance/end-with-us.ts'
import {startHttpFixture, stdioFixtureArgs} from '../test/conformance/fixture-server.ts'
import {startProxy} from '../test/conformance/running-proxy.ts'
import {requirementSets, runClientSuite, runServerSuite} from '../test/conformance/suite.ts'

const upstreamClient = fileURLToPath(new URL('../test/fixtures/conformance/upstream-client.mjs', import.meta.url))

exitOnSignals()
const {values} = parseArgs({
  options: {
    url: {type: 'string'},
    proxy: {type: 'boolean', default: false},
    backend: {type: 'string', multiple: true, default: ['stdio', 'http']},
    client: {type: 'boolean', default: false},
    command: {type: 'string', default: `${process.execPath} ${upstreamClient}`},
    requirements: {type: 'string', multiple: true, default: [...requirementSets]},
    keep: {type: 'boolean', default: false},
    verbose: {type: 'boolean', default: false},
  },
})

if (values.client && values.command.endsWith(upstreamClient) && !existsSync(upstreamClient)) {
  process.stderr.write(`${upstreamClient} is not there; name another program with --command\n`)
  process.exit(3)
}

const print = text => process.stdout.write(`${text}\n`)
const scratch = await mkdtemp(join(tmpdir(), 'conformance-results-'))
if (!values.keep) removeWithUs(scratch)
const run = async (runner, target, requirements) => {
  const outputFolder = await mkdtemp(join(scratch, `${requirements}-`))
  const result = await runner(target, {requirements, outputFolder})
  if (result.scenarios.every(({verdict}) => verdict === 'missing')) throw new Error(result.output.slice(-2000))
  return result
}

const complaints = results =>
  results
    .filter(({verdict}) => verdict !== 'pass')
    .flatMap(({scenario, complaints}) => complaints.map(c => `  ${scenario}: ${c}`))

async function single(runner, target) {
  let failed = false
  for (const requirements of values.requirements) {
    const {scenarios} = await run(runner, target, requirements)
    const rows = scenarios.map(result => [result.scenario, scenarioCell(result), result.scored ? '' : 'not scored'])
    print(textTable([[`scenario (${requirements})`, 'result', ''], ...rows]))
    if (values.verbose) print(complaints(scenarios).join('\n'))
    print(`${requirements}: ${summaryLine(scenarios)}\n`)
    failed ||= scenarios.some(({scored, verdict}) => scored && verdict !== 'pass')
  }
  return failed
}

async function throughProxy() {
  const fixture = await startHttpFixture('dual')
  let lost = false
  try {
    for (const backend of values.backend) {
      const entry =
        backend === 'stdio'
          ? {id: 'fixture', prefix: '', command: process.execPath, args: stdioFixtureArgs('dual')}
          : {id: 'fixture', prefix: '', endpoint: fixture.url}
      const proxy = await startProxy([entry])
      try {
        for (const requirements of values.requirements) {
          const direct = await run(runServerSuite, fixture.url, requirements)
          const through = await run(runServerSuite, proxy.url, requirements)
          lost = report(backend, requirements, direct.scenarios, through.scenarios) || lost
        }
      } finally {
        await proxy.stop()
      }
    }
  } finally {
    await fixture.stop()
  }
  return lost
}

function report(backend, requirements, direct, through) {
  const compared = compareRuns(direct, through)
  const rows = compared.map(({scenario, direct, through, lost, scored}) => [
    scenario,
    scenarioCell(direct),
    scenarioCell(through),
    lost ? 'LOST' : scored ? '' : 'not scored',
  ])
  print(textTable([[`scenario (${requirements}, ${backend} backend)`, 'direct', 'through', ''], ...rows]))
  if (values.verbose) print(complaints(through).join('\n'))
  print(`direct:  ${summaryLine(direct)}\nthrough: ${summaryLine(through)}\n`)
  return compared.some(({lost}) => lost)
}

try {
  const failed = values.proxy
    ? await throughProxy()
    : values.client
      ? await single(runClientSuite, values.command)
      : values.url === undefined
        ? undefined
        : await single(runServerSuite, values.url)
  if (failed === undefined) {
    process.stderr.write('say --url URL, --proxy or --client\n')
    process.exitCode = 2
  } else process.exitCode = failed ? 1 : 0
} finally {
  if (values.keep) print(`results: ${scratch}`)
}
