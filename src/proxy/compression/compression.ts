import {promisify} from 'node:util'
import {brotliCompress, constants, gzip, zstdCompress} from 'node:zlib'
import type {Config} from '../../config/schema.ts'
import {type Acceptance, acceptedCoding, type Coding, codings} from './accept-encoding.ts'

export type CompressionSettings = NonNullable<NonNullable<Config['context_optimization']>['compression']>

/**
 * At work at a time. Node has four threads for this, DNS and files together; when these are busy an answer leaves as it
 * is, instead of waiting for its turn.
 */
const maxAtWork = 3

const usualLevel: Readonly<Record<Coding, number>> = {gzip: 6, br: 4, zstd: 3}

/** Compresses answers, off the main thread. */
export class Compression {
  readonly #settings: CompressionSettings
  readonly #preferred: readonly Coding[]
  readonly #accepted = new Map<string, Acceptance>()
  #atWork = 0

  constructor(settings: CompressionSettings) {
    this.#settings = settings
    this.#preferred = [settings.algorithm, ...codings.filter(each => each !== settings.algorithm)]
  }

  /**
   * How an answer of this size goes to a client.
   * @returns undefined for as it is
   */
  codingFor(acceptEncoding: string | undefined, bytes: number): Coding | undefined {
    if (acceptEncoding === undefined) return undefined
    const {coding, refusesPlain} = this.#acceptance(acceptEncoding)
    if (refusesPlain) return coding
    return bytes < this.#settings.min_size || this.#atWork >= maxAtWork ? undefined : coding
  }

  /** Rejects where the library fails. */
  async compress(coding: Coding, bytes: Buffer): Promise<Buffer> {
    const {algorithm, level} = this.#settings
    const own = coding === algorithm && level !== undefined ? level : usualLevel[coding]
    this.#atWork++
    try {
      return await encode(coding, bytes, own)
    } finally {
      this.#atWork--
    }
  }

  /** Clients send the same few headers. */
  #acceptance(header: string): Acceptance {
    let acceptance = this.#accepted.get(header)
    if (acceptance === undefined) {
      if (this.#accepted.size >= 100) this.#accepted.clear()
      acceptance = acceptedCoding(header, this.#preferred)
      this.#accepted.set(header, acceptance)
    }
    return acceptance
  }
}

function encode(coding: Coding, bytes: Buffer, level: number): Promise<Buffer> {
  switch (coding) {
    case 'gzip':
      return promisify(gzip)(bytes, {level})
    case 'br': {
      const params = {[constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length}
      return promisify(brotliCompress)(bytes, {params})
    }
    case 'zstd':
      return promisify(zstdCompress)(bytes, {params: {[constants.ZSTD_c_compressionLevel]: level}})
  }
}

/** Undefined where nothing is compressed, so that an answer costs nothing more then. */
export function compressionOf(config: Pick<Config, 'context_optimization'>): Compression | undefined {
  const settings = config.context_optimization?.compression
  return settings?.enabled === true ? new Compression(settings) : undefined
}
