/** A valid setting that this version does not act on yet. */
export interface InactiveSetting {
  /** `*` stands for any index. */
  readonly place: string
  /** Without it the operator is less protected than the file says: `start` refuses. */
  readonly protects?: true
}

/** Never accepted in silence. An entry goes when its setting starts to work. */
export const inactiveSettings: readonly InactiveSetting[] = [{place: 'tui'}]
