import {resolve} from 'node:path'
import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import {isLiving, mainSighting, recordOf} from '../sighting.ts'

/** The file that was named on the command line, else the one that the running runtime uses, else what discovery finds. */
export function configFound(place: Place): Collector<'config.found'> {
  return {
    kind: 'config.found',
    timeoutMs: 4000,
    async collect(_about, {facts}) {
      if (place.configFlag === undefined) {
        const runtime = await facts.get('runtime.record')
        const sighting = runtime.state === 'known' ? mainSighting(runtime.value) : undefined
        const path = sighting && isLiving(sighting) ? recordOf(sighting)?.configPath : null
        if (path) return {state: 'known', value: {path, how: 'the running runtime uses it'}}
      }
      const {discoverConfig} = await import('../../config/discover.ts')
      const discovered = discoverConfig({...place, flag: place.configFlag})
      if ('found' in discovered)
        return {state: 'known', value: {path: resolve(place.cwd, discovered.found), how: words[discovered.how]}}
      return {state: 'absent', why: `looked for ${discovered.tried.join(', ')}`}
    },
  }
}

const words = {
  flag: 'named by --config',
  env: 'named by ONLY1MCP_CONFIG',
  cwd: 'found in the current folder',
  home: 'found in the home folder',
  system: 'found in its usual place',
} as const
