/** How an action ended. `message` is for the operator. */
export interface ActionOutcome {
  readonly ok: boolean
  readonly message: string
}

/**
 * Something an operator can do to a runtime. A console shows target, effect and the equivalent command before it asks.
 * The runtime's control server holds the other half, by `id`.
 */
export interface Action {
  /** Stable; also the last part of the control path (`POST /v1/actions/<id>`). */
  readonly id: string
  readonly title: string
  /** What it acts upon: the instance, or a server's id. */
  readonly target: string
  readonly effect: string
  /** The same from a shell. */
  readonly equivalentCommand: string
  /** `typed-name`: the operator types the target's name. */
  readonly confirm: 'none' | 'yes' | 'typed-name'
}

/** Every action that the runtime knows: one line each. */
export const actionIds = [
  'stop',
  'reload',
  'log_level',
  'profile_cpu',
  'profile_mem',
  'trace',
  'cache_clear',
  'cache_rebuild',
] as const
export type ActionId = (typeof actionIds)[number]

/** Stops the runtime: refuses new work, lets requests in flight end, ends the children. */
export function stopAction(target: string): Action {
  return {
    id: 'stop',
    title: 'Stop the runtime',
    target,
    effect:
      'new requests are refused, those in flight may end within the shutdown deadline, then all children are ended',
    equivalentCommand: 'only1mcp stop',
    confirm: 'yes',
  }
}
