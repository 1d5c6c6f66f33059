import {createHmac, timingSafeEqual} from 'node:crypto'

/** Who may bring a state back, and to what. */
export interface StateOwner {
  readonly serverId: string
  readonly principal: string
  /** Method and name of the call that it was given out for. */
  readonly target: string
}

/**
 * The opaque `requestState` of a modern backend on its way through a client and back (MCP 2026-07-28, multi round-trip
 * requests): signed together with whom it was given to and for what, so that a client can neither change it, nor use
 * another's, nor hand it to another server or tool.
 */
export class RequestStates {
  #keys: readonly Buffer[]

  /** @param keys the first signs; what any of them signed is taken */
  constructor(keys: readonly Buffer[]) {
    this.#keys = keys
  }

  /** Other keys from now on, for states that were given out too. */
  configure(keys: readonly Buffer[]): void {
    this.#keys = keys
  }

  wrap(owner: StateOwner, state: string): string {
    const payload = Buffer.from(JSON.stringify(state)).toString('base64url')
    return `${payload}.${sign(this.#keys[0] ?? Buffer.alloc(0), owner, payload)}`
  }

  /** @returns undefined when it is none of ours, or another owner's */
  unwrap(owner: StateOwner, token: string): string | undefined {
    const [payload = '', signature = ''] = token.split('.', 2)
    const given = Buffer.from(signature)
    const genuine = this.#keys.some(key => {
      const expected = Buffer.from(sign(key, owner, payload))
      return given.length === expected.length && timingSafeEqual(given, expected)
    })
    if (!genuine) return undefined
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as string
  }
}

function sign(key: Buffer, {serverId, principal, target}: StateOwner, payload: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([serverId, principal, target, payload]))
    .digest('base64url')
}
