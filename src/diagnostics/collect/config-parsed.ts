import type {Config} from '../../config/schema.ts'
import type {ConfigParsed} from '../fact-values.ts'
import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {isLiving, recordOf} from '../sighting.ts'
import {readEnvironment} from './process-environment.ts'

/**
 * What a configuration file says, and what is wrong with it. Variables are those of the running runtime where it uses
 * this file and may be looked into: a shell seldom has the secrets that the service was started with.
 */
export function configParsed(place: Place): Collector<'config.parsed'> {
  return {
    kind: 'config.parsed',
    timeoutMs: 3000,
    async collect(path, {facts}) {
      if (path === '') return {state: 'absent', why: 'there is no configuration file'}
      const runtime = await facts.get('runtime.record')
      const sightings = runtime.state === 'known' ? runtime.value.filter(isLiving) : []
      const user = sightings.map(recordOf).find(record => record?.configPath === path)
      const environment = user ? readEnvironment(user.pid) : undefined
      const {loadConfig} = await import('../../config/load.ts')
      const loaded = loadConfig(path, {env: environment ?? place.env})
      return {
        state: 'known',
        value: {
          path,
          ok: loaded.ok,
          problems: loaded.problems,
          listen: loaded.ok ? listenOf(loaded.config.server) : null,
          servers: loaded.ok ? loaded.config.servers.length : 0,
          variablesOf: environment === undefined ? 'shell' : 'runtime',
        },
      }
    },
  }
}

/** Where it can be reached; without TLS, unless nothing listens without it. */
function listenOf({host, port, plain, tls}: Config['server']): ConfigParsed['listen'] {
  return !plain && tls !== undefined ? {host, port: tls.port, tls: true} : {host, port}
}
