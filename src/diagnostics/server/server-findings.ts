import type {BackendConfig} from '../../config/schema.ts'
import type {Check, CheckContext} from '../check.ts'
import {configDrift} from '../checks/config-drift.ts'
import {configFound} from '../checks/config-found.ts'
import {configValid} from '../checks/config-valid.ts'
import {configVariables} from '../checks/config-variables.ts'
import {controlAnswers} from '../checks/control-answers.ts'
import {networkConnect} from '../checks/network-connect.ts'
import {networkDns} from '../checks/network-dns.ts'
import {networkLatency} from '../checks/network-latency.ts'
import {networkTls} from '../checks/network-tls.ts'
import {portListening} from '../checks/port-listening.ts'
import {processRunning} from '../checks/process-running.ts'
import {serversBreakers} from '../checks/servers-breakers.ts'
import {serversCommand} from '../checks/servers-command.ts'
import {serversCredentials} from '../checks/servers-credentials.ts'
import {serversErrors} from '../checks/servers-errors.ts'
import {serversFirstByte} from '../checks/servers-first-byte.ts'
import {serversHandshake} from '../checks/servers-handshake.ts'
import {serversUp} from '../checks/servers-up.ts'
import {toolsClashes} from '../checks/tools-clashes.ts'
import {toolsContext} from '../checks/tools-context.ts'
import {toolsNames} from '../checks/tools-names.ts'
import {toolsOffered} from '../checks/tools-offered.ts'
import {toolsSchema} from '../checks/tools-schema.ts'
import {offeredBy, sightOf, toolOf} from '../collect/backend-tools.ts'
import type {Fact, FactKey, FactOutcome, FactSource, KindOf} from '../fact.ts'
import type {ProbeResult} from '../facts/backends.ts'
import {type Finding, runChecks} from '../runner.ts'
import type {ServerSeen} from './seen.ts'

/** What the doctor asks of every server, in reading order. */
const checks: readonly Check[] = [
  configFound,
  configValid,
  configVariables,
  configDrift,
  networkDns,
  networkConnect,
  networkTls,
  networkLatency,
  serversCommand,
  serversCredentials,
  serversHandshake,
  serversFirstByte,
  serversUp,
  serversErrors,
  serversBreakers,
  toolsSchema,
  toolsNames,
  toolsClashes,
  toolsOffered,
  toolsContext,
]

export interface OneServer {
  readonly seen: ServerSeen
  readonly config: BackendConfig | null
  readonly probe: ProbeResult | null
  readonly running: boolean
}

/** A runtime that does not run is no fault of the server; one that hangs is. */
const ofRuntime: readonly Check[] = [processRunning, controlAnswers, portListening]

/** The doctor's checks on this server alone: with the facts of what was seen of it, and nobody else's. */
export function serverFindings(
  {seen, config, probe, running}: OneServer,
  facts: FactSource,
  context: CheckContext,
): Promise<readonly Finding[]> {
  const {id} = seen
  const outline = context.outline && {...context.outline, servers: seen.outline === null ? [] : [seen.outline]}
  const own: FactSource = {
    async get<Key extends FactKey>(key: Key): Promise<Fact<KindOf<Key>>> {
      const fact = await facts.get(
        key.startsWith('backend.') && key !== `backend.command:${id}` ? 'runtime.record' : key,
      )
      const told = (outcome: FactOutcome<'backend.probe' | 'backend.tools' | 'control.snapshot'>) =>
        ({key, at: fact.at, host: fact.host, ...outcome}) as Fact<KindOf<Key>>
      if (key.startsWith('backend.probe:')) {
        const why = 'why' in seen.direct ? seen.direct.why : 'it was not asked'
        return told(probe === null ? {state: 'absent', why} : {state: 'known', value: probe})
      }
      if (key.startsWith('backend.tools:')) return told(toolsOf(seen, config, probe))
      if (fact.state === 'known' && key.startsWith('control.snapshot')) {
        const {snapshot, mismatch} = (fact as Extract<Fact<'control.snapshot'>, {state: 'known'}>).value
        if (snapshot === null) return told({state: 'known', value: {snapshot, mismatch: mismatch ?? ''}})
        const servers = snapshot.servers.filter(server => server.id === id)
        return told({state: 'known', value: {snapshot: {...snapshot, servers}, mismatch: null}})
      }
      return fact as Fact<KindOf<Key>>
    },
  }
  return runChecks({
    checks: running ? [...ofRuntime, ...checks] : checks,
    context: {...context, outline},
    facts: own,
    totalMs: 5000,
  })
}

function toolsOf(
  {lists, direct}: ServerSeen,
  config: BackendConfig | null,
  probe: ProbeResult | null,
): FactOutcome<'backend.tools'> {
  if ('value' in lists && lists.value.known)
    return {state: 'known', value: sightOf('runtime', lists.value.tools.map(toolOf))}
  if (probe?.ok !== true) return {state: 'absent', why: 'why' in direct ? direct.why : 'it did not list its tools'}
  return {
    state: 'known',
    value: sightOf(
      'probe',
      probe.tools.map(tool => offeredBy(config ?? undefined, tool)),
    ),
  }
}
