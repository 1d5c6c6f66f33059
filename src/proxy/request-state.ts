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
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  wrap(owner: StateOwner, state: string): string {
    const payload = Buffer.from(JSON.stringify(state)).toString('base64url')
    return `${payload}.${this.#sign(owner, payload)}`
  }

  /** @returns undefined when it is none of ours, or another owner's */
  unwrap(owner: StateOwner, token: string): string | undefined {
    const [payload = '', signature = ''] = token.split('.', 2)
    const expected = Buffer.from(this.#sign(owner, payload))
    const given = Buffer.from(signature)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as string
  }

  #sign({serverId, principal, target}: StateOwner, payload: string): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([serverId, principal, target, payload]))
      .digest('base64url')
  }
}
