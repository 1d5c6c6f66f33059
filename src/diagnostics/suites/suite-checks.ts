import type {Check} from '../check.ts'
import {accessRateLimits} from './checks/access-rate-limits.ts'
import {accessAnonymous, accessForeignHost, accessForeignOrigin} from './checks/access-refusals.ts'
import {authKeysHashed} from './checks/auth-keys-hashed.ts'
import {metricsExposed, profilingExposed} from './checks/listeners-exposed.ts'
import {logsPrivate} from './checks/logs-private.ts'
import {proxyEndpoint} from './checks/proxy-endpoint.ts'
import {serversReachable} from './checks/servers-reachable.ts'
import {stateBackups, stateRecovery} from './checks/state-artefacts.ts'
import {stateGenerations} from './checks/state-generations.ts'
import {stateRecord} from './checks/state-record.ts'
import {stateSessionKey} from './checks/state-session-key.ts'

/**
 * Checks that the suites have beside the doctor's: they read everything that is kept, or send requests of their own. The
 * doctor runs them where they are named.
 */
export const suiteChecks: readonly Check[] = [
  stateRecord,
  stateSessionKey,
  stateGenerations,
  stateRecovery,
  stateBackups,
  serversReachable,
  proxyEndpoint,
  accessForeignHost,
  accessForeignOrigin,
  accessAnonymous,
  accessRateLimits,
  authKeysHashed,
  metricsExposed,
  profilingExposed,
  logsPrivate,
]
