import {createHmac, randomBytes, timingSafeEqual} from 'node:crypto'
import {type ClientProfile, clientProfile} from '../client-profile.ts'

/** What an instance has to know in order to serve a session that another one opened. */
export interface SessionOpening {
  readonly principal: string
  readonly protocolVersion: string
  readonly clientName: string
  readonly profile: ClientProfile
}

export interface ReadSession {
  readonly opening: SessionOpening
  /** Wall clock, milliseconds. */
  readonly issuedAt: number
}

/** An id is a header of every request: some balancers and clients take no more. */
const maxIdLength = 512
const longestName = 64
const formatVersion = '1'
/** Clocks of machines differ. */
const skewMs = 300_000

/**
 * Ids of legacy sessions that say by themselves whom they were opened for and how, and are signed: any instance with the
 * same key can serve them. `<format>.<what it says>.<HMAC-SHA256>`, all visible ASCII (MCP 2025-11-25, "Session
 * Management"). The principal is part of what is signed and not of what is said, so nobody else's request fits an id.
 */
export class SessionIds {
  #keys: readonly Buffer[]
  readonly #instance: string
  #maxAgeMs: number
  readonly #wallMs: () => number

  /** @param keys the first signs; what any of them signed is taken */
  constructor(keys: readonly Buffer[], instance: string, maxAgeMs: number, wallMs: () => number) {
    this.#keys = keys
    this.#instance = instance
    this.#maxAgeMs = maxAgeMs
    this.#wallMs = wallMs
  }

  /** Other keys and another age from now on, for ids that were given out too. */
  configure(keys: readonly Buffer[], maxAgeMs: number): void {
    this.#keys = keys
    this.#maxAgeMs = maxAgeMs
  }

  /** A client with so many capabilities that they do not fit gets an id that only this instance can serve. */
  issue({principal, protocolVersion, clientName, profile}: SessionOpening): string {
    const issued = Math.floor(this.#wallMs() / 1000)
    const head = [issued, randomBytes(12).toString('base64url'), this.#instance, protocolVersion]
    const name = Buffer.from(clientName)
      .subarray(0, longestName)
      .toString('utf8')
      .replace(/\ufffd+$/, '')
    const whole = this.#sealed([...head, name, profile.capabilities], principal)
    return whole.length <= maxIdLength ? whole : this.#sealed([...head, '', null], principal)
  }

  /** @returns undefined for what is none of ours, another principal's, too old, or served elsewhere only */
  read(id: string, principal: string): ReadSession | undefined {
    if (id.length > maxIdLength || !id.startsWith(`${formatVersion}.`)) return undefined
    const dot = id.lastIndexOf('.')
    const signed = id.slice(0, dot)
    const given = Buffer.from(id.slice(dot + 1), 'latin1')
    if (!this.#keys.some(key => equal(Buffer.from(sign(key, signed, principal), 'latin1'), given))) return undefined
    // What we signed ourselves is as we wrote it.
    const said = JSON.parse(Buffer.from(signed.slice(2), 'base64url').toString('utf8')) as [
      issued: number,
      nonce: string,
      instance: string,
      protocolVersion: string,
      clientName: string,
      capabilities: unknown,
    ]
    const [issued, , , protocolVersion, clientName, capabilities] = said
    const issuedAt = issued * 1000
    const age = this.#wallMs() - issuedAt
    if (capabilities === null || age > this.#maxAgeMs || age < -skewMs) return undefined
    return {opening: {principal, protocolVersion, clientName, profile: clientProfile(capabilities)}, issuedAt}
  }

  #sealed(said: readonly unknown[], principal: string): string {
    const signed = `${formatVersion}.${Buffer.from(JSON.stringify(said)).toString('base64url')}`
    const [key = Buffer.alloc(0)] = this.#keys
    return `${signed}.${sign(key, signed, principal)}`
  }
}

function sign(key: Buffer, signed: string, principal: string): string {
  return createHmac('sha256', key).update(signed).update('\0').update(principal).digest('base64url')
}

function equal(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given)
}
