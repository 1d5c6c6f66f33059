import {readConfigFile} from '../../config/read-config-file.ts'
import type {Config} from '../../config/schema.ts'
import {secretsInUrl, tellsSecret} from '../../redaction/telling-names.ts'
import type {Collector} from '../live-facts.ts'
import type {ConfigReader} from './shared-config.ts'

const shortest = 8

/** Places of the configuration whose secret is written in the file itself, rather than as `${VARIABLE}`. */
export function configPlainSecrets(read: ConfigReader): Collector<'config.plain_secrets'> {
  return {
    kind: 'config.plain_secrets',
    timeoutMs: 3000,
    async collect(path, {facts}) {
      if (path === '') return {state: 'absent', why: 'there is no configuration file'}
      const {loaded} = await read(path, facts)
      const file = readConfigFile(path)
      if (!loaded.ok || !file.ok) return {state: 'absent', why: 'the configuration is not valid'}
      // A value that came from a variable does not stand in the file's text.
      const inFile = secretsOf(loaded.config).filter(({value}) => value.length >= shortest && file.text.includes(value))
      return {state: 'known', value: inFile.map(({place}) => place)}
    },
  }
}

interface PlacedSecret {
  readonly place: string
  readonly value: string
}

function secretsOf({server, servers, cache, shared, observability}: Config): PlacedSecret[] {
  const secret = (place: string, value: string | undefined): PlacedSecret[] =>
    value === undefined ? [] : [{place, value}]
  const url = (place: string, value: string | undefined): PlacedSecret[] =>
    secretsInUrl(withoutUser(value ?? ''))
      .slice(-1)
      .map(each => ({place, value: each}))
  return [
    ...secret('server.session_key', server.session_key),
    ...url('cache.redis.url', cache?.redis?.url),
    ...url('shared.redis.url', shared?.redis?.url),
    ...url('observability.request_log.postgres.url', observability.request_log?.postgres?.url),
    ...servers.flatMap(({id, env, headers, auth}) => [
      ...Object.entries(env).flatMap(([name, value]) =>
        tellsSecret(name) ? secret(`servers ${id}: env.${name}`, value) : [],
      ),
      ...Object.entries(headers).flatMap(([name, value]) =>
        tellsSecret(name) || /^(authorization|cookie)$/i.test(name)
          ? secret(`servers ${id}: headers.${name}`, value.replace(/^(Bearer|Basic)\s+/i, ''))
          : [],
      ),
      ...secret(`servers ${id}: auth.token`, auth?.token),
      ...secret(`servers ${id}: auth.oauth.client_secret`, auth?.oauth?.client_secret),
      ...secret(`servers ${id}: auth.oauth.refresh_token`, auth?.oauth?.refresh_token),
    ]),
  ]
}

/** The account of a database is no secret by itself, as a token for a user name would be elsewhere. */
function withoutUser(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  url.username = ''
  return url.href
}
