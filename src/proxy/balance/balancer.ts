/** One member of a group that could serve a call now. */
export interface Candidate {
  readonly id: string
  /** Its share of the calls, less than configured while it starts slowly; 0 only where it shall get none. */
  readonly weight: number
  /** Calls on their way to it. */
  readonly inFlight: number
}

/** Chooses among the members of one group. It may keep counters between calls; candidates differ from call to call. */
export interface Balancer {
  /**
   * @param candidates at least one
   * @param key whose call it is; equal keys are for one member where the algorithm cares
   */
  pick<Member extends Candidate>(candidates: readonly Member[], key: string): Member
}

export interface BalancerOptions {
  /** In [0, 1). */
  readonly random: () => number
  /** Points of each member on the ring of `consistent_hash`. */
  readonly virtualNodes: number
}

/** The one of an index that is known to be there. */
export function memberAt<Member>(candidates: readonly Member[], index: number): Member {
  const member = candidates[index]
  if (member === undefined) throw new RangeError(`no candidate ${index} of ${candidates.length}`)
  return member
}
