import type {Config} from '../../config/schema.ts'
import type {ConfigParsed} from '../facts/config.ts'
import type {Collector} from '../live-facts.ts'
import type {ConfigReader} from './shared-config.ts'

/** What a configuration file says, and what is wrong with it. */
export function configParsed(read: ConfigReader): Collector<'config.parsed'> {
  return {
    kind: 'config.parsed',
    timeoutMs: 3000,
    async collect(path, {facts}) {
      if (path === '') return {state: 'absent', why: 'there is no configuration file'}
      const {loaded, variablesOf} = await read(path, facts)
      return {
        state: 'known',
        value: {
          path,
          ok: loaded.ok,
          problems: loaded.problems,
          listen: loaded.ok ? listenOf(loaded.config.server) : null,
          servers: loaded.ok ? loaded.config.servers.length : 0,
          variablesOf,
        },
      }
    },
  }
}

/** Where it can be reached; without TLS, unless nothing listens without it. */
function listenOf({host, port, plain, tls}: Config['server']): ConfigParsed['listen'] {
  return !plain && tls !== undefined ? {host, port: tls.port, tls: true} : {host, port}
}
