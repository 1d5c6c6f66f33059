import type {ProxyVariable} from '../facts/host.ts'
import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {readEnvironment} from './process-environment.ts'

const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']
const exceptions = ['NO_PROXY', 'no_proxy']

/** Proxy variables of the runtime, else of this shell. A proxy's password stays where it is. */
export function processProxyVariables(place: Place): Collector<'process.proxy_variables'> {
  return {
    kind: 'process.proxy_variables',
    timeoutMs: 1000,
    async collect(about) {
      const env = (about === '' ? undefined : readEnvironment(Number(about))) ?? place.env
      const found = (wanted: readonly string[], show: (value: string) => string): ProxyVariable[] =>
        wanted.flatMap(name => (env[name] ? [{name, value: show(env[name] ?? '')}] : []))
      return {state: 'known', value: [...found(names, hostOf), ...found(exceptions, value => value.slice(0, 300))]}
    },
  }
}

function hostOf(value: string): string {
  const text = value.includes('://') ? value : `http://${value}`
  return URL.canParse(text) ? new URL(text).host : 'an address that is no URL'
}
