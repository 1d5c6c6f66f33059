import {knownValuesRedactor} from '../../redaction/known-values.ts'
import type {ProbeResult} from '../facts/backends.ts'
import type {Collector} from '../live-facts.ts'
import {isLiving} from '../sighting.ts'
import {transportOf} from './config-outline.ts'
import type {ConfigReader} from './shared-config.ts'
import {trustedAuthorities} from './trusted-authorities.ts'

/**
 * A connection of our own to one server: handshake, list of tools, end. A program that the runtime runs already is not
 * started a second time: two of them may quarrel over a file or a port.
 */
export function backendProbe(read: ConfigReader): Collector<'backend.probe'> {
  return {
    kind: 'backend.probe',
    timeoutMs: 8000,
    atOnce: 16,
    async collect(id, {facts, signal, clock}) {
      const found = await facts.get('config.found')
      const shared = found.state === 'known' ? await read(found.value.path, facts) : undefined
      const loaded = shared?.loaded
      const config = loaded?.ok ? loaded.config.servers.find(server => server.id === id) : undefined
      if (config === undefined || loaded?.ok !== true) return {state: 'absent', why: `no server ${id} is configured`}
      const transport = transportOf(config)
      if (transport === 'none') return {state: 'absent', why: `server ${id} has neither command nor endpoint`}
      if (config.auth?.oauth !== undefined)
        return {
          state: 'absent',
          why: `${id} has a token that is renewed; one of ours would use it up beside the runtime's`,
        }
      const runtime = await facts.get('runtime.record')
      const runs = runtime.state === 'known' && runtime.value.some(isLiving)
      if (transport === 'stdio' && runs)
        return {state: 'absent', why: `the runtime runs ${id}; a second one is not started beside it`}
      const {probeBackend} = await import('./probe-backend.ts')
      const result = await probeBackend(config, {
        signal,
        clock,
        timeoutMs: 7000,
        authorities: trustedAuthorities(shared?.variables ?? {}),
      })
      return {state: 'known', value: knownValuesRedactor(loaded.secrets).value(result) as ProbeResult}
    },
  }
}
