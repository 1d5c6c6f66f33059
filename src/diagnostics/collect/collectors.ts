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
import {tcpDial} from './tcp-dial.ts'

/** Every collector of live facts. A new kind of fact: its shape in fact-values.ts, a file here, a line in this list. */
export function collectorsFor(place: Place): readonly Collector[] {
  return [
    runtimeRecord(place),
    configFound(place),
    configParsed(place),
    logsFolder(place),
    controlSnapshot,
    portOwner,
    tcpDial,
    httpHealth,
    logsRecent,
  ]
}
