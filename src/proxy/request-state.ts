import {createHmac, timingSafeEqual} from 'node:crypto'

/**
 * The opaque `requestState` of a modern backend on its way through a client and back (MCP 2026-07-28, multi round-trip
 * requests): wrapped with the server it belongs to, and signed, so that a client can neither change it nor hand it to
 * another server.
 */
export class RequestStates {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  wrap(serverId: string, state: string): string {
    const payload = Buffer.from(JSON.stringify([serverId, state])).toString('base64url')
    return `${payload}.${this.#sign(payload)}`
  }

  /** @returns undefined when it is not one of ours, or another server's */
  unwrap(serverId: string, token: string): string | undefined {
    const [payload = '', signature = ''] = token.split('.', 2)
    const expected = Buffer.from(this.#sign(payload))
    const given = Buffer.from(signature)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    const [owner, state] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as [string, string]
    return owner === serverId ? state : undefined
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.#key).update(payload).digest('base64url')
  }
}
