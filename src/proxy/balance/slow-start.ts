/** A member that has just come back is cold: it gets this share at once, and its whole one after the ramp. */
const firstShare = 0.1

/** The part of its weight that a member gets. @param servedMs since it is up; undefined where it never went away */
export function slowStart(servedMs: number | undefined, rampMs: number): number {
  if (servedMs === undefined || servedMs >= rampMs) return 1
  return firstShare + (1 - firstShare) * (servedMs / rampMs)
}
