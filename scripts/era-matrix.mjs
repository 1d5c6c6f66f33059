#!/usr/bin/env node
/**
 * The era matrix: client revisions 2024-11-05 to 2026-07-28 against stdio and HTTP backends of both eras.
 *
 *   node scripts/era-matrix.mjs                 all 20 cells through the built proxy, one backend after the other
 *   node scripts/era-matrix.mjs --together      the same, with all four backends behind one proxy under prefixes
 *   node scripts/era-matrix.mjs --direct        self-check: each revision against the HTTP fixture of its own era
 *   node scripts/era-matrix.mjs --url URL [--prefix P] [--revision R]   any endpoint over our fixture
 *
 * Exit 1 when a cell does not hold. --json prints the results instead of the table.
 */
import {parseArgs} from 'node:util'
import {exitOnSignals} from '../test/conformance/end-with-us.ts'
import {backendKinds, holds, matrixTable, revisionsOf, runCell} from '../test/conformance/era-matrix.ts'
import {startHttpFixture, stdioFixtureArgs} from '../test/conformance/fixture-server.ts'
import {startProxy} from '../test/conformance/running-proxy.ts'
import {revisions} from '../test/conformance/wire/wire-client.ts'

exitOnSignals()
const {values} = parseArgs({
  options: {
    url: {type: 'string'},
    prefix: {type: 'string', default: ''},
    revision: {type: 'string', multiple: true, default: [...revisions]},
    backend: {type: 'string', multiple: true, default: backendKinds.map(({id}) => id)},
    direct: {type: 'boolean', default: false},
    together: {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
  },
})
const wanted = revisions.filter(revision => values.revision.includes(revision))
const kinds = backendKinds.filter(({id}) => values.backend.includes(id))
/** What has to be stopped again, in the order it was started. */
const started = []
const keep = thing => {
  started.push(thing)
  return thing
}

async function probeAll(backend, asked, options) {
  const results = []
  for (const revision of asked) results.push(await runCell({revision, backend}, options))
  return results
}

async function direct() {
  const results = []
  for (const era of ['legacy', 'modern']) {
    const {url} = keep(await startHttpFixture(era))
    const asked = revisionsOf(era).filter(revision => wanted.includes(revision))
    results.push(...(await probeAll(`http-${era}`, asked, {url, prefix: ''})))
  }
  return results
}

async function serverEntry({id, transport, era}, prefix) {
  if (transport === 'stdio') return {id, prefix, command: process.execPath, args: stdioFixtureArgs(era)}
  return {id, prefix, endpoint: keep(await startHttpFixture(era)).url}
}

async function eachAlone() {
  const results = []
  for (const kind of kinds) {
    const proxy = keep(await startProxy([await serverEntry(kind, '')]))
    results.push(...(await probeAll(kind.id, wanted, {url: proxy.url, prefix: ''})))
    await proxy.stop()
  }
  return results
}

async function together() {
  const entries = await Promise.all(kinds.map(kind => serverEntry(kind, kind.id)))
  const {url} = keep(await startProxy(entries))
  const results = []
  for (const {id} of kinds) results.push(...(await probeAll(id, wanted, {url, prefix: `${id}__`})))
  return results
}

try {
  const results =
    values.url !== undefined
      ? await probeAll('url', wanted, {url: values.url, prefix: values.prefix})
      : await (values.direct ? direct : values.together ? together : eachAlone)()
  const shown = values.json ? JSON.stringify({schemaVersion: 1, cells: results}, null, 2) : matrixTable(results)
  process.stdout.write(`${shown}\n`)
  process.exitCode = results.every(holds) ? 0 : 1
} finally {
  for (const thing of started.reverse()) await thing.stop()
}
