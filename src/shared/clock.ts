/** Time as an argument: tests hand in a fake one. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean anything. A jump of the wall clock does not move it. */
  readonly now: () => number
  /** Milliseconds since the epoch, for people and logs. */
  readonly wallMs: () => number
}

export const systemClock: Clock = {now: () => performance.now(), wallMs: () => Date.now()}
