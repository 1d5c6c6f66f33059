import {hash as hashOnce, randomBytes} from 'node:crypto'
import type {Identity} from './identity.ts'

/** Says what a key is for, to people and to secret scanners. */
const keyPrefix = 'o1k_'

/** `sha256:` and 64 hex digits; the bare digits (as sha256sum prints them) are read too. */
const hashFormat = /^(?:sha256:)?([0-9a-f]{64})$/i

export interface StoredKey {
  readonly id: string
  readonly hash: string
  readonly roles: readonly string[]
}

/** A new key: 256 random bits. It is shown once and kept nowhere. */
export function newApiKey(): string {
  return keyPrefix + randomBytes(32).toString('base64url')
}

/**
 * What is stored of a key. A fast hash is enough for a key that nobody can guess, see
 * docs/decisions/0020-api-keys-are-hashed-with-sha256.md.
 */
export function hashApiKey(key: string): string {
  return `sha256:${hashOnce('sha256', key)}`
}

/** The keys of a configuration. Finding one costs one hash, however many there are. */
export class ApiKeys {
  /** By the digest in hex: how long a digest is looked for tells nothing about a key that has it. */
  readonly #keys = new Map<string, Identity>()

  constructor(keys: readonly StoredKey[]) {
    for (const {id, hash, roles} of keys) {
      const hex = hashFormat.exec(hash)?.[1]?.toLowerCase()
      if (hex === undefined) continue // nothing can match it; the configuration's check has said so
      this.#keys.set(hex, {principal: `key:${id}`, roles})
    }
  }

  get size(): number {
    return this.#keys.size
  }

  find(key: string): Identity | undefined {
    return this.#keys.get(hashOnce('sha256', key, 'hex'))
  }
}
