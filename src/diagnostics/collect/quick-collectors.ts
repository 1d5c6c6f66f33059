import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {configFound} from './config-found.ts'
import {configParsed} from './config-parsed.ts'
import {controlSnapshot} from './control-snapshot.ts'
import {httpHealth} from './http-health.ts'
import {logsFolder} from './logs-folder.ts'
import {logsRecent} from './logs-recent.ts'
import {portOwner} from './port-owner.ts'
import {runtimeRecord} from './runtime-record.ts'
import type {ConfigReader} from './shared-config.ts'
import {tcpDial} from './tcp-dial.ts'

/** What the quick checks need; loading them takes no noticeable time. */
export function quickCollectors(place: Place, read: ConfigReader): readonly Collector[] {
  return [
    runtimeRecord(place),
    configFound(place),
    configParsed(read),
    logsFolder(place),
    controlSnapshot,
    portOwner,
    tcpDial,
    httpHealth,
    logsRecent,
  ]
}
