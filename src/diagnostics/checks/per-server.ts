import {type CheckContext, type CheckResult, skip} from '../check.ts'
import type {ServerOutline} from '../facts/config.ts'

/** Servers that are reached over a network. */
export function endpointsOf({outline}: CheckContext): readonly (ServerOutline & {host: string; port: number})[] {
  return (outline?.servers ?? []).flatMap(server => {
    const {host, port} = server
    return host === null || port === null ? [] : [{...server, host, port}]
  })
}

/** What a check of all servers says where there is none to look at. */
export function noServers({outline}: CheckContext, which: string): CheckResult {
  if (outline !== null) return skip('', `no server is configured ${which}`)
  return skip('', 'the servers are not known: there is no valid configuration', {
    causes: [{id: 'config.valid'}, {id: 'config.found'}],
  })
}
