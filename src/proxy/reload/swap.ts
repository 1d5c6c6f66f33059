import type {Config} from '../../config/schema.ts'
import type {Assembly} from '../assemble.ts'
import type {LiveCache} from '../cache/live-cache.ts'
import type {Wiring} from '../wiring.ts'
import type {ServerChanges} from './reloader.ts'
import type {ServerPlan} from './server-plan.ts'
import {whenReady} from './when-ready.ts'

export interface SwapParts {
  readonly inside: Assembly
  readonly cache: LiveCache
  readonly now: () => number
  /** Builds what stands before the servers. @throws AppError */
  readonly wire: (config: Config, plan: ServerPlan) => Promise<Wiring>
  /** From here on requests come to the new one. */
  readonly use: (wiring: Wiring) => void
  /** False once the runtime drains. */
  readonly running: () => boolean
}

/** How long the old ones go on alone at most while new ones come up. */
const readyWithinMs = 5_000

/**
 * Puts a configuration into force: built beside the one that serves, its servers started, and then in their places in one
 * step. @throws where it cannot be; then nothing has changed
 */
export async function swap(config: Config, parts: SwapParts): Promise<ServerChanges> {
  const {inside, now, wire, use, running} = parts
  const cache = await parts.cache.prepare(config)
  const plan = inside.plan(config)
  const wiring = await wire(config, plan).catch((error: unknown) => {
    cache.discard()
    throw error
  })
  await whenReady(plan, readyWithinMs, now)
  if (!running()) {
    cache.discard()
    await Promise.all([...plan.added, ...plan.changed.map(({to}) => to)].map(backend => backend.stop(500)))
    throw new Error('the runtime is shutting down')
  }
  inside.adopt(plan, wiring.services)
  use(wiring)
  await cache.use()
  const ids = (all: readonly {readonly id: string}[]): string[] => all.map(({id}) => id)
  return {
    added: ids(plan.added),
    removed: ids(plan.removed),
    changed: ids(plan.changed.map(({to}) => to)),
    adjusted: ids(plan.adjusted.map(({backend}) => backend)),
    kept: ids(plan.kept),
  }
}
