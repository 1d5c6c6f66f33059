import type {LoadedConfig} from '../../config/loaded-config.ts'
import type {FactSource} from '../fact.ts'
import type {Place} from '../place.ts'
import {isLiving, recordOf} from '../sighting.ts'
import {readEnvironment} from './process-environment.ts'

export interface SharedConfig {
  readonly loaded: LoadedConfig
  readonly variablesOf: 'runtime' | 'shell'
  /** What `${VAR}` was read from. */
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** Reads a configuration once for all collectors that need it. What it gives holds secrets: it is no fact. */
export type ConfigReader = (path: string, facts: FactSource) => Promise<SharedConfig>

/**
 * Variables are those of the running runtime where it uses this file and may be looked into: a shell seldom has the
 * secrets that the service was started with.
 */
export function configReader(place: Place): ConfigReader {
  const read = new Map<string, Promise<SharedConfig>>()
  const readOnce = async (path: string, facts: FactSource): Promise<SharedConfig> => {
    const runtime = await facts.get('runtime.record')
    const sightings = runtime.state === 'known' ? runtime.value.filter(isLiving) : []
    const user = sightings.map(recordOf).find(record => record?.configPath === path)
    const environment = user ? readEnvironment(user.pid) : undefined
    const {loadConfig} = await import('../../config/load.ts')
    const loaded = loadConfig(path, {env: environment ?? place.env, forStart: true})
    return {loaded, variablesOf: environment === undefined ? 'shell' : 'runtime', variables: environment ?? place.env}
  }
  return (path, facts) => {
    const known = read.get(path) ?? readOnce(path, facts)
    read.set(path, known)
    return known
  }
}
