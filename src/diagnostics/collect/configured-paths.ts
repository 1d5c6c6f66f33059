import {discoverConfig} from '../../config/discover.ts'
import {loadConfig} from '../../config/load.ts'
import {type PathsConfig, resolveLogDir, stateDirCandidates} from '../../config/paths.ts'
import {readConfigFile} from '../../config/read-config-file.ts'
import type {Place} from '../place.ts'

/** Every folder that may hold the state of a runtime of this place. */
export function stateDirs(place: Place): readonly string[] {
  return stateDirCandidates({...place, config: pathsOf(place)})
}

/** Where a runtime of this place would log to, with its state in this folder (the first that it may take). */
export function logDir(place: Place, stateDir?: string): string {
  const config = pathsOf(place)
  const [first = '.'] = stateDirCandidates({...place, config})
  return resolveLogDir({...place, config, stateDir: stateDir ?? first})
}

/**
 * The `paths` section of the configuration that discovery finds. Which folders these are must not depend on the secrets
 * of this shell: a variable that is not set is read as empty here, and config.valid reports it.
 */
function pathsOf(place: Place): PathsConfig | undefined {
  const discovered = discoverConfig({...place, flag: place.configFlag})
  if (!('found' in discovered)) return undefined
  const loaded = loadConfig(discovered.found, {env: place.env})
  if (loaded.ok) return loaded.config
  const unset = loaded.problems.some(({code}) => code === 'variable.missing') ? variablesIn(discovered.found) : {}
  const again = loadConfig(discovered.found, {env: {...unset, ...place.env}})
  return again.ok ? again.config : undefined
}

function variablesIn(path: string): Record<string, string> {
  const file = readConfigFile(path)
  const names = file.ok ? file.text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g) : []
  return Object.fromEntries([...names].map(([, name]) => [name, '']))
}
