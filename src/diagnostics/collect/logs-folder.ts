import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {mainSighting} from '../sighting.ts'

/** Where a runtime of this place would log to. A running one has recorded where it does. */
export function logsFolder(place: Place): Collector<'logs.folder'> {
  return {
    kind: 'logs.folder',
    timeoutMs: 3000,
    async collect(_about, {facts}) {
      const runtime = await facts.get('runtime.record')
      const sighting = runtime.state === 'known' ? mainSighting(runtime.value) : undefined
      const {logDir} = await import('./configured-paths.ts')
      return {state: 'known', value: logDir(place, sighting?.stateDir)}
    },
  }
}
