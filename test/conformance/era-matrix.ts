/** Five client revisions against four kinds of backend: twenty cells, each asked the same probes. */

import {textTable} from './comparison.ts'
import type {FixtureEra} from './fixture-server.ts'
import {type Probe, probes} from './probes.ts'
import {openLegacyClient} from './wire/legacy-client.ts'
import {openModernClient} from './wire/modern-client.ts'
import {legacyRevisions, type Revision, revisions, type WireClient} from './wire/wire-client.ts'

export interface BackendKind {
  readonly id: string
  readonly transport: 'stdio' | 'http'
  readonly era: Exclude<FixtureEra, 'dual'>
}

export const backendKinds: readonly BackendKind[] = [
  {id: 'stdio-legacy', transport: 'stdio', era: 'legacy'},
  {id: 'stdio-modern', transport: 'stdio', era: 'modern'},
  {id: 'http-legacy', transport: 'http', era: 'legacy'},
  {id: 'http-modern', transport: 'http', era: 'modern'},
]

export interface Cell {
  readonly revision: Revision
  readonly backend: string
}

export const cells: readonly Cell[] = backendKinds.flatMap(({id}) =>
  revisions.map(revision => ({revision, backend: id})),
)

/** The revisions that a backend of this era speaks without a bridge. */
export const revisionsOf = (era: BackendKind['era']): readonly Revision[] =>
  revisions.filter(revision => (era === 'modern') === (revision === '2026-07-28'))

export interface CellResult extends Cell {
  /** By probe id: undefined when it held, else what was wrong. */
  readonly problems: Readonly<Partial<Record<Probe['id'], string | undefined>>>
}

export interface CellOptions {
  readonly url: string
  readonly prefix: string
  /** For each probe. */
  readonly timeoutMs?: number
}

const isLegacy = (revision: Revision) => legacyRevisions.find(known => known === revision)

export async function openClient(url: string, revision: Revision): Promise<WireClient> {
  const legacy = isLegacy(revision)
  return legacy === undefined ? openModernClient(url) : openLegacyClient(url, legacy)
}

/** Runs all probes of one cell, each on a client of its own, so that one failure says nothing about the next. */
export async function runCell(cell: Cell, {url, prefix, timeoutMs = 20_000}: CellOptions): Promise<CellResult> {
  const problems: Partial<Record<Probe['id'], string | undefined>> = {}
  for (const probe of probes) {
    if (probe.only !== undefined && probe.only !== cell.revision) continue
    problems[probe.id] = await withDeadline(runProbe(probe, cell, url, prefix), timeoutMs)
  }
  return {...cell, problems}
}

async function runProbe(probe: Probe, {revision}: Cell, url: string, prefix: string): Promise<void> {
  const client = await openClient(url, revision)
  try {
    await probe.run({client, prefix})
  } finally {
    await client.close()
  }
}

async function withDeadline(probe: Promise<void>, timeoutMs: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    await Promise.race([probe, deadline])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    clearTimeout(timer)
  }
}

export const holds = ({problems}: CellResult): boolean =>
  Object.values(problems).every(problem => problem === undefined)

/** One row a cell, and below it what was wrong. */
export function matrixTable(results: readonly CellResult[]): string {
  const head = ['backend', 'client', ...probes.map(({id}) => id)]
  const rows = results.map(({backend, revision, problems}) => [
    backend,
    revision,
    ...probes.map(({id}) => (id in problems ? (problems[id] === undefined ? 'ok' : 'FAIL') : '-')),
  ])
  const failures = results.flatMap(({backend, revision, problems}) =>
    Object.entries(problems)
      .filter(([, problem]) => problem !== undefined)
      .map(([id, problem]) => `${backend} ${revision} ${id}: ${problem}`),
  )
  const held = results.filter(holds).length
  return [textTable([head, ...rows]), ...failures, `${held} of ${results.length} cells hold`].join('\n')
}
