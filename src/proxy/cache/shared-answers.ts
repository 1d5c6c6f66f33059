import {hash} from 'node:crypto'
import {crc32} from 'node:zlib'
import type {RedisStore} from '../../store/redis.ts'
import type {KeptAnswer} from './kept-answers.ts'

/** A stored answer with its time. */
export interface FoundAnswer {
  readonly answer: KeptAnswer
  /** What it had when it was stored, and how long ago that was, in milliseconds. */
  readonly ttlMs: number
  readonly ageMs: number
}

/** Part of every key: another layout of the values gets another number, and never meets these. */
const layout = 'a2'
const headBytes = 12

/**
 * Answers in Redis, for all instances. What comes out is checked: another program may have written there, and a broken
 * answer would end in the middle of a client's JSON.
 */
export class SharedAnswers {
  readonly #redis: Pick<RedisStore, 'getWithTtl' | 'set'>
  hits = 0

  constructor(redis: Pick<RedisStore, 'getWithTtl' | 'set'>) {
    this.#redis = redis
  }

  /** Undefined for what is not there, and while Redis is away. Never rejects. */
  async get(key: string): Promise<FoundAnswer | undefined> {
    const found = await this.#redis.getWithTtl(stored(key))
    const decoded = found === null ? undefined : decode(found.value)
    return decoded && found ? {...decoded, ageMs: Math.max(0, decoded.ttlMs - found.ttlMs)} : undefined
  }

  /** Not waited for. */
  set(key: string, answer: KeptAnswer, ttlMs: number): void {
    void this.#redis.set(stored(key), encode(answer, ttlMs), ttlMs)
  }
}

/** Principals and params stay out of Redis' key space. */
function stored(key: string): string {
  return `${layout}:${hash('sha256', key, 'base64url')}`
}

/** CRC-32 of all that follows, length of the server's id, milliseconds that it is kept, the id, the answer. */
function encode({value, serverId}: KeptAnswer, ttlMs: number): Buffer {
  const id = Buffer.from(serverId)
  const bytes = Buffer.allocUnsafe(headBytes + id.length + value.length)
  bytes.writeUInt16BE(id.length, 4)
  bytes.writeUIntBE(Math.max(1, Math.round(ttlMs)), 6, 6)
  id.copy(bytes, headBytes)
  value.copy(bytes, headBytes + id.length)
  bytes.writeUInt32BE(crc32(bytes.subarray(4)), 0)
  return bytes
}

function decode(bytes: Buffer): Omit<FoundAnswer, 'ageMs'> | undefined {
  if (bytes.length < headBytes || bytes.readUInt32BE(0) !== crc32(bytes.subarray(4))) return undefined
  const start = headBytes + bytes.readUInt16BE(4)
  if (start > bytes.length) return undefined
  const answer = {serverId: bytes.toString('utf8', headBytes, start), value: bytes.subarray(start)}
  return {answer, ttlMs: bytes.readUIntBE(6, 6)}
}
