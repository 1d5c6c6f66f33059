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
          listen: loaded.ok ? {host: loaded.config.server.host, port: loaded.config.server.port} : null,
          servers: loaded.ok ? loaded.config.servers.length : 0,
          variablesOf,
        },
      }
    },
  }
}
