import {knownValuesRedactor} from '../../redaction/known-values.ts'
import type {ProxyEndpoint} from '../facts/suites.ts'
import type {Collector} from '../live-facts.ts'
import {isLiving, recordOf} from '../sighting.ts'
import type {ConfigReader} from './shared-config.ts'

const timeoutMs = 8000

/**
 * The endpoint of the running proxy as an MCP client meets it: handshake and lists.
 * @param key an API key or token to send
 */
export function proxyEndpoint(read: ConfigReader, key?: string): Collector<'proxy.endpoint'> {
  return {
    kind: 'proxy.endpoint',
    timeoutMs: timeoutMs + 1000,
    async collect(_about, {facts, clock}) {
      const runtime = await facts.get('runtime.record')
      const record = runtime.state === 'known' ? runtime.value.filter(isLiving).map(recordOf)[0] : undefined
      if (!record) return {state: 'absent', why: 'no runtime is running'}
      const {endpointOf, lookThroughProxy} = await import('../server/look-through-proxy.ts')
      const found = await facts.get('config.found')
      const shared = found.state === 'known' ? await read(found.value.path, facts) : undefined
      const {listenerFiles} = await import('../server/listener-identity.ts')
      const tls = listenerFiles(record, shared?.loaded.ok ? shared.loaded.config : undefined, process.env)
      const secrets = [...(shared?.loaded.ok ? shared.loaded.secrets : []), ...(key === undefined ? [] : [key])]
      const {failure, era, protocolVersion, openMs, lists} = await lookThroughProxy(record, {
        clock,
        timeoutMs,
        rounds: 0,
        key,
        tls,
      })
      const value: ProxyEndpoint = {
        url: endpointOf(record),
        withKey: key !== undefined,
        failure: failure ?? listFailure(lists.tools?.fault ?? null),
        era,
        protocolVersion,
        openMs,
        tools: lists.tools?.entries.length ?? 0,
      }
      return {state: 'known', value: knownValuesRedactor(secrets).value(value) as ProxyEndpoint}
    },
  }
}

function listFailure(fault: string | null): ProxyEndpoint['failure'] {
  if (fault === null) return null
  return {kind: 'ListRefused', message: `tools/list: ${fault}`, httpStatus: null, evidence: null}
}
