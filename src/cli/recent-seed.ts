import {join} from 'node:path'
import type {Snapshot} from '../control/contract/snapshot.ts'
import type {HealthLook} from './health-report.ts'
import {RecentLooks, recentLooks} from './recent-looks.ts'
import {tableLook} from './table-look.ts'

/** Terminals that are narrower have no room for the column. */
export const recentFromColumns = 100
const backMs = 3_600_000

/** The newest probes that the runtime has written down, and those that it knows of. */
export async function seedRecentLooks({paths, servers, at}: Snapshot): Promise<RecentLooks> {
  const recent = new RecentLooks()
  try {
    const {readRecentHealth} = await import('../store/read-recent-health.ts')
    const rows = await readRecentHealth(join(paths.state, 'requests.db'), Date.parse(at) - backMs, recentLooks)
    for (const {serverId, ...look} of rows) recent.add(serverId, look)
  } catch {
    // no history is kept, or it is not ours to read: the column fills from what comes
  }
  recent.note(servers)
  return recent
}

/** How `health status` looks here: bars of the newest probes where there is room for them. */
export async function healthStatusLook(snapshot: Snapshot): Promise<HealthLook> {
  const look = {...tableLook(), now: Date.parse(snapshot.at)}
  if ((look.cols ?? 0) < recentFromColumns) return look
  const recent = await seedRecentLooks(snapshot)
  return recent.empty ? look : {...look, recent: id => recent.bars(id, look.glyphs)}
}
