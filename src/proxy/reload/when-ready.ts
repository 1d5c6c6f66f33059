import type {ServerPlan} from './server-plan.ts'

/**
 * Starts what is new, and waits until each server that takes the place of one that serves can serve in its stead: so there
 * is no gap. One that does not come up is waited for no longer than `timeoutMs`, and not at all once it has failed.
 */
export async function whenReady({added, changed}: ServerPlan, timeoutMs: number, now: () => number): Promise<void> {
  for (const backend of [...added, ...changed.map(({to}) => to)]) backend.start()
  const until = now() + timeoutMs
  const awaited = changed.filter(({from}) => from.usable).map(({to}) => to)
  await Promise.all(
    awaited.map(async backend => {
      while (backend.settlingMs !== undefined) {
        const restMs = until - now()
        if (restMs <= 0) return
        await backend.changed(restMs)
      }
    }),
  )
}
