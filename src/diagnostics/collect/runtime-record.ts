import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'

/** Looks into every folder that may hold a runtime's state. */
export function runtimeRecord(place: Place): Collector<'runtime.record'> {
  return {
    kind: 'runtime.record',
    timeoutMs: 3000,
    async collect() {
      const {stateDirs} = await import('./configured-paths.ts')
      const {sightRuntime} = await import('./sight-runtime.ts')
      return {state: 'known', value: stateDirs(place).map(sightRuntime)}
    },
  }
}
