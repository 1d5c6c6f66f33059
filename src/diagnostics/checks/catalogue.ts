import type {Check} from '../check.ts'
import {authExposed} from './auth-exposed.ts'
import {authIssuers} from './auth-issuers.ts'
import {authKeyFile} from './auth-key-file.ts'
import {authRefused} from './auth-refused.ts'
import {cacheHits} from './cache-hits.ts'
import {configDrift} from './config-drift.ts'
import {configFound} from './config-found.ts'
import {configPermissions} from './config-permissions.ts'
import {configReload} from './config-reload.ts'
import {configSecrets} from './config-secrets.ts'
import {configValid} from './config-valid.ts'
import {configVariables} from './config-variables.ts'
import {configWritable} from './config-writable.ts'
import {controlAnswers} from './control-answers.ts'
import {healthEndpoint} from './health-endpoint.ts'
import {hostCgroup} from './host-cgroup.ts'
import {hostClock} from './host-clock.ts'
import {hostDisk} from './host-disk.ts'
import {hostInodes} from './host-inodes.ts'
import {hostMemory} from './host-memory.ts'
import {hostOomKills} from './host-oom-kills.ts'
import {hostPorts} from './host-ports.ts'
import {hostUnitFile} from './host-unit-file.ts'
import {installExecutable} from './install-executable.ts'
import {logsLost} from './logs-lost.ts'
import {logsRecentErrors} from './logs-recent-errors.ts'
import {logsSize} from './logs-size.ts'
import {logsWritable} from './logs-writable.ts'
import {networkConnect} from './network-connect.ts'
import {networkConnections} from './network-connections.ts'
import {networkDns} from './network-dns.ts'
import {networkFirewall} from './network-firewall.ts'
import {networkLatency} from './network-latency.ts'
import {networkProxyVariables} from './network-proxy-variables.ts'
import {networkTls} from './network-tls.ts'
import {performanceErrors} from './performance-errors.ts'
import {performanceLatency} from './performance-latency.ts'
import {performanceLimited} from './performance-limited.ts'
import {performanceP99} from './performance-p99.ts'
import {performanceQueue} from './performance-queue.ts'
import {portListening} from './port-listening.ts'
import {portOwner} from './port-owner.ts'
import {processDescriptors} from './process-descriptors.ts'
import {processEventLoop} from './process-event-loop.ts'
import {processHeapGrowth} from './process-heap-growth.ts'
import {processMemory} from './process-memory.ts'
import {processOrphans} from './process-orphans.ts'
import {processRestarts} from './process-restarts.ts'
import {processRunning} from './process-running.ts'
import {processSingle} from './process-single.ts'
import {processVersion} from './process-version.ts'
import {processZombies} from './process-zombies.ts'
import {serversBreakers} from './servers-breakers.ts'
import {serversCommand} from './servers-command.ts'
import {serversCredentials} from './servers-credentials.ts'
import {serversErrors} from './servers-errors.ts'
import {serversFirstByte} from './servers-first-byte.ts'
import {serversHandshake} from './servers-handshake.ts'
import {serversStdout} from './servers-stdout.ts'
import {serversUp} from './servers-up.ts'
import {stateFolder} from './state-folder.ts'
import {stateLeftovers} from './state-leftovers.ts'
import {stateUsable} from './state-usable.ts'
import {storeBreakers} from './store-breakers.ts'
import {storePostgres} from './store-postgres.ts'
import {storeRedis} from './store-redis.ts'
import {storeRequests} from './store-requests.ts'
import {storeWriting} from './store-writing.ts'
import {tlsCertificate} from './tls-certificate.ts'
import {tlsClientCa} from './tls-client-ca.ts'
import {tlsKeyMode} from './tls-key-mode.ts'
import {tlsListener} from './tls-listener.ts'
import {tlsMutual} from './tls-mutual.ts'
import {toolsClashes} from './tools-clashes.ts'
import {toolsContext} from './tools-context.ts'
import {toolsNames} from './tools-names.ts'
import {toolsOffered} from './tools-offered.ts'
import {toolsSchema} from './tools-schema.ts'

/**
 * Every check, in reading order. A new one: a file, a line here, its cases in test/diagnostics/checks, and a section
 * in docs/troubleshooting.md.
 */
export const catalogue: readonly Check[] = [
  configFound,
  configValid,
  configPermissions,
  configWritable,
  configSecrets,
  configVariables,
  stateUsable,
  stateFolder,
  hostMemory,
  hostDisk,
  hostInodes,
  hostClock,
  hostPorts,
  hostCgroup,
  hostOomKills,
  hostUnitFile,
  installExecutable,
  authKeyFile,
  tlsCertificate,
  tlsClientCa,
  portOwner,
  processDescriptors,
  processRunning,
  processSingle,
  controlAnswers,
  configDrift,
  configReload,
  stateLeftovers,
  processVersion,
  processRestarts,
  processZombies,
  processOrphans,
  processEventLoop,
  processMemory,
  processHeapGrowth,
  portListening,
  networkDns,
  networkConnect,
  networkTls,
  networkLatency,
  networkConnections,
  networkFirewall,
  networkProxyVariables,
  serversCommand,
  serversCredentials,
  serversHandshake,
  serversFirstByte,
  serversUp,
  serversStdout,
  serversErrors,
  serversBreakers,
  toolsSchema,
  toolsNames,
  toolsClashes,
  toolsOffered,
  toolsContext,
  healthEndpoint,
  authExposed,
  authIssuers,
  authRefused,
  tlsKeyMode,
  tlsListener,
  tlsMutual,
  storeRequests,
  storeBreakers,
  storeRedis,
  storePostgres,
  storeWriting,
  logsWritable,
  logsSize,
  logsLost,
  cacheHits,
  performanceLatency,
  performanceQueue,
  performanceLimited,
  performanceErrors,
  performanceP99,
  // A symptom of most others: last.
  logsRecentErrors,
]
