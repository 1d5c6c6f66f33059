import type {Config} from '../../config/schema.ts'
import type {Backend} from '../backend.ts'
import {type BackendSettings, sameConnection, sameSettings} from '../backend-settings.ts'

/** A server with the settings that it works by. */
export interface Member {
  readonly backend: Backend
  readonly settings: BackendSettings
}

/** What a configuration makes of the servers that run. Nothing of it has happened yet. */
export interface ServerPlan {
  readonly config: Config
  /** All of them, in the order of the file. */
  readonly members: readonly Member[]
  /** Nothing about them changes. */
  readonly kept: readonly Backend[]
  /** They keep their connection and get other settings. */
  readonly adjusted: readonly Member[]
  /** Another process or endpoint takes their place. */
  readonly changed: readonly {readonly from: Backend; readonly to: Backend}[]
  readonly added: readonly Backend[]
  readonly removed: readonly Backend[]
}

/** @param make a server that is not started yet */
export function planServers(
  running: readonly Member[],
  config: Config,
  wanted: readonly BackendSettings[],
  make: (settings: BackendSettings) => Backend,
): ServerPlan {
  const before = new Map(running.map(member => [member.backend.id, member]))
  const members: Member[] = []
  const kept: Backend[] = []
  const adjusted: Member[] = []
  const changed: {from: Backend; to: Backend}[] = []
  const added: Backend[] = []
  for (const settings of wanted) {
    const old = before.get(settings.config.id)
    before.delete(settings.config.id)
    if (old !== undefined && sameConnection(old.settings, settings)) {
      const member = {backend: old.backend, settings}
      members.push(member)
      if (sameSettings(old.settings, settings)) kept.push(old.backend)
      else adjusted.push(member)
      continue
    }
    const backend = make(settings)
    members.push({backend, settings})
    if (old === undefined) added.push(backend)
    else changed.push({from: old.backend, to: backend})
  }
  return {config, members, kept, adjusted, changed, added, removed: [...before.values()].map(({backend}) => backend)}
}
