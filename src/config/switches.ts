import {didYouMean} from './did-you-mean.ts'
import {matches, valueAt} from './matches.ts'
import type {KeyPath} from './schema-walk.ts'

/** What `config enable` and `disable` turn on and off, by the name one says. */
export const switches: Readonly<Record<string, KeyPath>> = {
  cache: ['cache', 'enabled'],
  auth: ['auth', 'enabled'],
  rate_limit: ['rate_limit', 'enabled'],
  request_log: ['observability', 'request_log', 'enabled'],
  compression: ['context_optimization', 'compression', 'enabled'],
  metrics: ['observability', 'metrics', 'enabled'],
  tracing: ['observability', 'tracing', 'enabled'],
  profiling: ['profiling', 'enabled'],
}

/** The place of a switch, or of the server with that id; else what can be named, the likeliest alone where there is one. */
export function switchPlace(key: string, config: unknown): KeyPath | {readonly known: readonly string[]} {
  const name = key.replaceAll('-', '_')
  const place = Object.hasOwn(switches, name) ? switches[name] : undefined
  if (place !== undefined) return place
  const ids = matches(config, 'servers.*.id')
  const path = ids.find(each => valueAt(config, each) === key)
  if (path !== undefined) return [...path.slice(0, -1), 'enabled']
  const all = [...Object.keys(switches), ...ids.map(each => String(valueAt(config, each)))]
  const meant = didYouMean(key, all)
  return {known: meant === undefined ? all : [meant]}
}
