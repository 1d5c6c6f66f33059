import {readConfigFile} from '../../config/read-config-file.ts'
import type {BackendConfig, Config} from '../../config/schema.ts'
import {targetText} from '../../config/target-text.ts'
import {knownValuesRedactor} from '../../redaction/known-values.ts'
import type {Redactor} from '../../redaction/redactor.ts'
import {messageOf} from '../../shared/errors.ts'
import {parseRedisUrl} from '../../store/redis-url.ts'
import type {ConfigOutline, ServerOutline} from '../facts/config.ts'
import type {Collector} from '../live-facts.ts'
import type {ConfigReader} from './shared-config.ts'

const shortestSecret = 4

/** What checks need to know of the configuration: who is served, how, and with which files. No secret is in it. */
export function configOutline(read: ConfigReader): Collector<'config.outline'> {
  return {
    kind: 'config.outline',
    timeoutMs: 3000,
    async collect(path, {facts}) {
      if (path === '') return {state: 'absent', why: 'there is no configuration file'}
      const {loaded, variables} = await read(path, facts)
      if (!loaded.ok) return {state: 'absent', why: 'the configuration is not valid'}
      const sight = {variables: usedVariables(path, variables), redactor: knownValuesRedactor(loaded.secrets)}
      return {state: 'known', value: outlineOf(loaded.config, loaded.sha256, sight)}
    },
  }
}

export type Variables = readonly (readonly [name: string, value: string])[]

export interface OutlineSight {
  /** Those of the file. */
  readonly variables: Variables
  /** Knows its secrets. */
  readonly redactor: Redactor
}

/** Variables that the file uses and that are long enough to be told from other text. */
export function usedVariables(path: string, variables: Readonly<Record<string, string | undefined>>): Variables {
  const file = readConfigFile(path)
  const names = file.ok ? [...file.text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, name = '']) => name) : []
  return [...new Set(names)].flatMap(name => {
    const value = variables[name] ?? ''
    return value.length >= shortestSecret ? [[name, value] as const] : []
  })
}

function outlineOf(config: Config, sha256: string, sight: OutlineSight): ConfigOutline {
  const {auth, server, observability} = config
  const tls = server.tls
  const on = auth?.enabled === true
  const requestLog = observability.request_log
  return {
    sha256,
    servers: config.servers.filter(({enabled}) => enabled).map(server => serverOutline(server, sight)),
    listen: {host: server.host, port: server.port},
    tls: tls ? {port: tls.port, cert: tls.cert, key: tls.key, clientCa: tls.client_ca ?? null} : null,
    authMethods: on
      ? [
          ...(auth.api_keys.length > 0 ? ['api_keys'] : []),
          ...(auth.jwt ? ['jwt'] : []),
          ...(auth.oauth ? ['oauth'] : []),
          ...(auth.mtls?.enabled === true ? ['mtls'] : []),
        ]
      : [],
    jwtKeyFile: (on && auth.jwt?.key_file) || null,
    jwksUrls: on && auth.jwt?.jwks_url !== undefined ? [auth.jwt.jwks_url] : [],
    redis: redisOf(
      config.shared?.redis?.url ?? (config.cache?.backend === 'redis' ? config.cache.redis?.url : undefined),
    ),
    requestLog: requestLog?.enabled === true ? requestLog.backend : null,
    postgres: postgresOf(requestLog?.enabled === true ? requestLog.postgres?.url : undefined),
    logRotation: observability.logging.rotation.enabled,
    rateLimited:
      config.rate_limit?.enabled === true && Boolean(config.rate_limit.per_principal ?? config.rate_limit.per_address),
    metrics: listenerOf(observability.metrics),
    profiling: config.profiling ? listenerOf(config.profiling) : null,
  }
}

function listenerOf({enabled, host, port}: {enabled: boolean; host: string; port: number}): ConfigOutline['metrics'] {
  return enabled ? {host, port} : null
}

export function serverOutline(server: BackendConfig, {variables, redactor}: OutlineSight): ServerOutline {
  const sent = [server.auth?.token ?? '', ...Object.values(server.headers)]
  const url = server.endpoint !== undefined && URL.canParse(server.endpoint) ? new URL(server.endpoint) : undefined
  const secure = url?.protocol === 'https:'
  return {
    id: server.id,
    transport: transportOf(server),
    command: server.command ?? null,
    target: targetText(server, redactor),
    host: url?.hostname.replace(/^\[|\]$/g, '') ?? null,
    port: url === undefined ? null : url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    prefix: server.prefix ?? server.group ?? server.id,
    group: server.group ?? server.id,
    credentials:
      server.auth?.token !== undefined ||
      server.auth?.oauth !== undefined ||
      Object.keys(server.headers).some(name => /^(authorization|x-api-key)$/i.test(name)),
    variables: variables.filter(([, value]) => sent.some(text => text.includes(value))).map(([name]) => name),
  }
}

/** As the runtime infers it. */
export function transportOf({transport, command, endpoint}: BackendConfig): ServerOutline['transport'] {
  return transport ?? (command !== undefined ? 'stdio' : endpoint === undefined ? 'none' : 'http')
}

/** Without user and password. */
function postgresOf(url: string | undefined): {host: string; port: number} | null {
  if (url === undefined || !URL.canParse(url)) return null
  const {hostname, port} = new URL(url)
  return {host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 5432 : Number(port)}
}

function redisOf(url: string | undefined): ConfigOutline['redis'] {
  if (url === undefined) return null
  try {
    const {host, port} = parseRedisUrl(url).options
    return {host, port}
  } catch (error) {
    throw new Error(messageOf(error), {cause: error})
  }
}
