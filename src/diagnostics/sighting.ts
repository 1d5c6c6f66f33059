import type {RuntimeRecord} from '../control/runtime-file.ts'
import type {RuntimeSighting} from './fact-values.ts'

/** Whether the very process that wrote the record lives: pid and start time agree, and it is no zombie. */
export function isLiving({read, process}: RuntimeSighting): boolean {
  if (read.state !== 'known' || process?.state !== 'known') return false
  return process.startTicks === read.record.startTicks && !['Z', 'X'].includes(process.processState)
}

/** Whether a runtime may be there without this user being allowed to see it. */
export function isHidden(sighting: RuntimeSighting | undefined): boolean {
  return sighting?.read.state === 'denied' || sighting?.process?.state === 'hidden'
}

/** The record of a sighting, if it could be read. */
export function recordOf(sighting: RuntimeSighting | undefined): RuntimeRecord | null {
  return sighting?.read.state === 'known' ? sighting.read.record : null
}

/**
 * The state folder that checks are about: one with a living runtime, else one that may have one (a hidden process, a
 * socket beside an unusable record), else one that could not be looked into, else a leftover, else one that holds anything.
 */
export function mainSighting(sightings: readonly RuntimeSighting[]): RuntimeSighting | undefined {
  const rank = (sighting: RuntimeSighting): number => {
    if (isLiving(sighting)) return 0
    if (sighting.process?.state === 'hidden') return 1
    if (sighting.read.state !== 'known' && sighting.socket !== null) return 2
    if (sighting.read.state === 'denied') return 3
    if (sighting.read.state === 'error') return 4
    if (sighting.read.state === 'known') return 5
    return sighting.used ? 6 : 7
  }
  return [...sightings].sort((a, b) => rank(a) - rank(b))[0]
}
