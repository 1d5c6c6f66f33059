import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {authJwks, authKeyFile} from './auth-keys.ts'
import {backendCommand} from './backend-command.ts'
import {backendProbe} from './backend-probe.ts'
import {backendTools} from './backend-tools.ts'
import {configEmptyVariables} from './config-empty-variables.ts'
import {configFile} from './config-file.ts'
import {configOutline} from './config-outline.ts'
import {configPlainSecrets} from './config-plain-secrets.ts'
import {hostCgroup} from './host-cgroup.ts'
import {hostClock} from './host-clock.ts'
import {hostDisk} from './host-disk.ts'
import {hostFirewall} from './host-firewall.ts'
import {hostListeners} from './host-listeners.ts'
import {hostMemory} from './host-memory.ts'
import {hostSockets} from './host-sockets.ts'
import {hostUnit} from './host-unit.ts'
import {installSelf} from './install-self.ts'
import {logsModes} from './logs-modes.ts'
import {logsSizes} from './logs-sizes.ts'
import {netDns} from './net-dns.ts'
import {processDetails} from './process-details.ts'
import {processOwned} from './process-owned.ts'
import {processProxyVariables} from './process-proxy-variables.ts'
import {processRuntimes} from './process-runtimes.ts'
import {proxyEndpoint} from './proxy-endpoint.ts'
import {proxyRefusals} from './proxy-refusals.ts'
import {quickCollectors} from './quick-collectors.ts'
import {runtimeProbe} from './runtime-probe.ts'
import {configReader} from './shared-config.ts'
import {stateArtefacts} from './state-artefacts.ts'
import {stateGenerations, stateSessionKey} from './state-files.ts'
import {stateFolder} from './state-folder.ts'
import {stateUsable} from './state-usable.ts'
import {requestsRecent, storeBreakers, storeIntegrity} from './store-files.ts'
import {storePostgres} from './store-postgres.ts'
import {storeRedis} from './store-redis.ts'
import {tlsCa, tlsFiles, tlsKeyMode} from './tls-files.ts'
import {tlsHandshake} from './tls-handshake.ts'
import {tlsMutual} from './tls-mutual.ts'

/**
 * Every collector of live facts. A new kind of fact: its shape in facts/, a file here, a line in this list.
 * @param key an API key or token, for what asks the proxy as a client does
 */
export function collectorsFor(place: Place, key?: string): readonly Collector[] {
  const read = configReader(place)
  return [
    ...quickCollectors(place, read),
    configOutline(read),
    configFile,
    configPlainSecrets(read),
    configEmptyVariables(place),
    stateFolder,
    stateUsable,
    hostMemory,
    hostDisk,
    hostClock,
    hostListeners,
    hostSockets,
    hostCgroup,
    hostUnit(place),
    hostFirewall,
    processDetails,
    processOwned,
    processRuntimes,
    processProxyVariables(place),
    installSelf,
    netDns,
    tlsHandshake(read),
    tlsFiles,
    tlsCa,
    tlsKeyMode,
    tlsMutual(place, read),
    authKeyFile,
    authJwks,
    backendCommand(place, read),
    backendProbe(read),
    backendTools(read),
    storeIntegrity,
    storeBreakers,
    requestsRecent,
    storeRedis(read),
    storePostgres(read),
    logsSizes,
    logsModes,
    stateSessionKey,
    stateGenerations,
    stateArtefacts,
    runtimeProbe,
    proxyEndpoint(read, key),
    proxyRefusals,
  ]
}
