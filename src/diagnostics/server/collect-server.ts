import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {didYouMean} from '../../config/did-you-mean.ts'
import {invalidConfig} from '../../config/loaded-config.ts'
import type {BackendConfig, Config} from '../../config/schema.ts'
import {ControlClient} from '../../control/client.ts'
import type {Snapshot} from '../../control/contract/snapshot.ts'
import type {RuntimeRecord} from '../../control/runtime-file.ts'
import {newestLines} from '../../logs/newest-lines.ts'
import {knownValuesRedactor} from '../../redaction/known-values.ts'
import {type Clock, systemClock} from '../../shared/clock.ts'
import {AppError, messageOf} from '../../shared/errors.ts'
import {exitCode} from '../../shared/exit-code.ts'
import {safeText} from '../../shared/safe-text.ts'
import {serverOutline, usedVariables} from '../collect/config-outline.ts'
import type {ConfigReader, SharedConfig} from '../collect/shared-config.ts'
import type {FactSource} from '../fact.ts'
import type {RuntimeSighting} from '../fact-values.ts'
import type {ProbeResult} from '../facts/backends.ts'
import {dialable, formatHostPort} from '../host-port.ts'
import {isLiving, mainSighting, recordOf} from '../sighting.ts'
import {tell} from './ask-runtime.ts'
import {listenerFiles} from './listener-identity.ts'
import {rounds} from './look-around.ts'
import {lookDirectly} from './look-directly.ts'
import {endpointOf, lookThroughProxy} from './look-through-proxy.ts'
import {readEntry} from './read-entry.ts'
import type {HistorySight, ServerSeen, Sight} from './seen.ts'

export interface ServerRequest {
  readonly id: string
  /** false: no connection of our own, so that no second process is started. */
  readonly direct: boolean
  /** For each of the two ways. */
  readonly timeoutMs: number
  /** An API key or token for the proxy. */
  readonly key: string | undefined
  /** A tool to call on both ways, by its name at the server. */
  readonly call?: {readonly name: string; readonly args: Readonly<Record<string, unknown>>} | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

export interface Collected {
  readonly seen: ServerSeen
  readonly config: BackendConfig | null
  readonly probe: ProbeResult | null
  /** There is a process: that it answers is part of the matter. */
  readonly running: boolean
}

const historyMs = 24 * 3_600_000
const errorsKept = 5

/** Looks at one server on all ways there are. @throws AppError `UNKNOWN_SERVER`, `CONFIG_INVALID` */
export async function collectServer(facts: FactSource, read: ConfigReader, request: ServerRequest): Promise<Collected> {
  const clock = systemClock
  const {id, timeoutMs, signal} = request
  const [runtime, found] = await Promise.all([facts.get('runtime.record'), facts.get('config.found')])
  const sighting = runtime.state === 'known' ? mainSighting(runtime.value) : undefined
  const record = sighting !== undefined && isLiving(sighting) ? recordOf(sighting) : null
  const control = record && (await facts.get(`control.snapshot:${record.socket}`))
  const snapshot = control?.state === 'known' ? control.value.snapshot : null
  const noRuntime =
    record === null ? whyNoRuntime(sighting) : (control && whyNot(control)) || 'the runtime does not tell'
  const shared = found.state === 'known' ? await read(found.value.path, facts) : undefined
  const config = shared?.loaded.ok ? shared.loaded.config : undefined
  const index = config?.servers.findIndex(server => server.id === id) ?? -1
  const server = config?.servers[index]
  const told = snapshot?.servers.find(each => each.id === id)
  if (server === undefined && told === undefined) throw unknown(id, shared, config, snapshot)

  const redactor = knownValuesRedactor([
    ...(shared?.loaded.ok ? shared.loaded.secrets : []),
    ...(request.key === undefined ? [] : [request.key]),
  ])
  const path = found.state === 'known' ? found.value.path : ''
  const entry =
    shared && config && server
      ? readEntry({path, shared, config, index, pid: record?.pid ?? null, inForce: snapshot?.config.sha256 ?? null})
      : undefined
  const noEntry =
    shared === undefined
      ? 'there is no configuration file'
      : config
        ? `${path} has no server ${id}`
        : `${path} is not valid`
  const outline =
    server && shared ? serverOutline(server, {variables: usedVariables(path, shared.variables), redactor}) : null
  const way = await lookAtWay(facts, outline, record, noRuntime)

  const directly = await direct(server, noEntry, request, clock)
  const hangs = control !== null && control.state === 'timeout'
  const unserved =
    record === null
      ? noRuntime
      : told === undefined && (snapshot !== null || hangs)
        ? notServed(id, snapshot, noRuntime)
        : null
  const proxied = await throughProxy(record, unserved, config, request, clock)
  const missing = told === undefined ? notServed(id, snapshot, noRuntime) : null
  const rest = await tell({id, record, snapshot, unserved: missing, signal, facts, timeoutMs})
  const seen: ServerSeen = {
    id,
    entry: entry ? {value: entry} : {why: noEntry},
    outline,
    way,
    direct: 'looked' in directly ? {value: directly.looked} : directly,
    proxied,
    told: told ? {value: told} : {why: notServed(id, snapshot, noRuntime)},
    ...rest,
    history: await historyOf(id, record?.statePath ?? sighting?.stateDir, clock),
    errors: errorsOf(id, record?.logPath ?? (await folderOf(facts))),
  }
  const masked = redactor.value(seen) as ServerSeen
  const probe = 'probe' in directly ? (redactor.value(directly.probe) as ProbeResult) : null
  return {seen: masked, config: server ?? null, probe, running: record !== null}
}

function whyNot(fact: {
  readonly state: string
  readonly why?: string
  readonly value?: {readonly mismatch: string | null}
}): string {
  return fact.why ?? fact.value?.mismatch ?? 'the runtime does not tell'
}

/** No permission to look is no knowledge that nothing runs. */
function whyNoRuntime(sighting: RuntimeSighting | undefined): string {
  if (sighting?.read.state === 'denied' || sighting?.read.state === 'error') return sighting.read.why
  if (sighting?.process?.state === 'hidden') return `process ${sighting.process.pid} is not for this user to see`
  return 'no runtime is running'
}

function notServed(id: string, snapshot: Snapshot | null, noRuntime: string): string {
  return snapshot === null ? noRuntime : `the running runtime has no server ${id}: only1mcp reload`
}

function unknown(
  id: string,
  shared: SharedConfig | undefined,
  config: Config | undefined,
  snapshot: Snapshot | null,
): AppError {
  if (shared !== undefined && !shared.loaded.ok && snapshot === null) return invalidConfig(shared.loaded)
  const ids = [...new Set([...(config?.servers ?? []), ...(snapshot?.servers ?? [])].map(each => each.id))]
  const meant = didYouMean(id, ids)
  const shown = ids.slice(0, 20).join(', ')
  const all =
    ids.length === 0
      ? 'No servers are configured.'
      : `There are: ${shown}${ids.length > 20 ? ` and ${ids.length - 20} more` : ''}`
  return new AppError('UNKNOWN_SERVER', `there is no server ${safeText(JSON.stringify(id), {max: 200})}`, {
    fix: meant === undefined ? all : `Did you mean ${meant}? ${all}`,
    exitCode: exitCode.usage,
  })
}

async function lookAtWay(
  facts: FactSource,
  outline: ServerSeen['outline'],
  record: RuntimeRecord | null,
  noRuntime: string,
): Promise<ServerSeen['way']> {
  const address =
    outline?.host && outline.port !== null ? formatHostPort({host: outline.host, port: outline.port}) : null
  const proxy = record && new URL(endpointOf(record))
  const [command, dns, dial, tls, proxyDial] = await Promise.all([
    outline?.command && outline.host === null ? facts.get(`backend.command:${outline.id}`) : null,
    address === null ? null : facts.get(`net.dns:${outline?.host ?? ''}`),
    address === null ? null : facts.get(`tcp.dial:${address}`),
    address === null || outline?.secure !== true ? null : facts.get(`tls.handshake:${address}`),
    record && proxy
      ? facts.get(`tcp.dial:${formatHostPort({host: dialable(record.host), port: Number(proxy.port)})}`)
      : null,
  ])
  return {command, dns, dial, tls, proxyDial: proxyDial ? {value: proxyDial} : {why: noRuntime}}
}

async function direct(server: BackendConfig | undefined, noEntry: string, request: ServerRequest, clock: Clock) {
  if (!request.direct) return {why: '--no-direct was given'}
  if (server === undefined) return {why: noEntry}
  if (server.command === undefined && server.endpoint === undefined) return {why: 'it has neither command nor endpoint'}
  if (server.auth?.oauth !== undefined)
    return {why: 'its token is renewed; one of ours would use up that of the runtime'}
  const {signal, timeoutMs, call} = request
  return lookDirectly(server, {signal, clock, timeoutMs, rounds, call})
}

async function throughProxy(
  record: RuntimeRecord | null,
  why: string | null,
  config: Config | undefined,
  {id, timeoutMs, key, call, env}: ServerRequest,
  clock: Clock,
): Promise<ServerSeen['proxied']> {
  if (record === null || why !== null) return {why: why ?? 'no runtime is running'}
  const tls = listenerFiles(record, config, env)
  const exposed = call && (await exposedName(record, id, call.name))
  const named = call && exposed !== undefined ? {...call, name: exposed} : undefined
  return {value: await lookThroughProxy(record, {clock, timeoutMs, rounds, key, tls, call: named})}
}

async function exposedName(record: RuntimeRecord, id: string, name: string): Promise<string | undefined> {
  try {
    const {tools} = await new ControlClient(record.socket).lists(id)
    return tools.find(({key}) => key === name)?.exposed ?? undefined
  } catch {
    return undefined // an older runtime: the call is made directly alone
  }
}

async function historyOf(id: string, stateDir: string | undefined, clock: Clock): Promise<Sight<HistorySight>> {
  const file = stateDir === undefined ? undefined : join(stateDir, 'requests.db')
  if (file === undefined || !existsSync(file)) return {why: 'no health history is kept here'}
  try {
    const {readHealthHistory} = await import('../../store/read-health-history.ts')
    const rows = await readHealthHistory(file, id, clock.wallMs() - historyMs)
    const failures = rows.filter(({ok}) => !ok)
    const last = failures.at(-1)
    const lastFailure = last === undefined ? null : {at: last.timestamp, error: last.error}
    return {value: {spanMs: historyMs, checks: rows.length, failures: failures.length, lastFailure}}
  } catch (error) {
    return {why: messageOf(error)}
  }
}

async function folderOf(facts: FactSource): Promise<string | null> {
  const folder = await facts.get('logs.folder')
  return folder.state === 'known' ? folder.value : null
}

function errorsOf(id: string, folder: string | null): ServerSeen['errors'] {
  if (folder === null || !existsSync(folder)) return {why: 'there is no log folder'}
  const lines = newestLines(folder, {limit: 1_000_000, contains: id})
  const own = lines.filter(({level, pairs}) => pairs.server_id === id && ['WARN', 'ERROR', 'PANIC'].includes(level))
  return {value: own.slice(-errorsKept).reverse()}
}
