/** What `context_optimization.compression.algorithm` knows. */
export const codings = ['zstd', 'br', 'gzip'] as const
export type Coding = (typeof codings)[number]

/** What a client takes. */
export interface Acceptance {
  /** The one to use; undefined where it takes none of ours. */
  readonly coding: Coding | undefined
  /** It does not take an answer as it is (`identity;q=0`). */
  readonly refusesPlain: boolean
}

const plainOnly: Acceptance = {coding: undefined, refusesPlain: false}

/** Longer headers than any browser's are not worth reading. */
const longest = 512

/**
 * Reads `Accept-Encoding` (RFC 9110, section 12.5.3): the coding with the highest weight, and of several the first of
 * `preferred`. Without the header nothing is compressed: many programs that send none could not read it.
 */
export function acceptedCoding(header: string | undefined, preferred: readonly Coding[]): Acceptance {
  if (header === undefined || header === '' || header.length > longest) return plainOnly
  const weights = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map(each => each.trim())
    const quality = parameters.find(each => each.startsWith('q='))
    const weight = quality === undefined ? 1 : Number(quality.slice(2))
    if (name !== '') weights.set(name === 'x-gzip' ? 'gzip' : name, weight >= 0 && weight <= 1 ? weight : 0)
  }
  const others = weights.get('*')
  let best: {readonly coding: Coding; readonly weight: number} | undefined
  for (const coding of preferred) {
    const weight = weights.get(coding) ?? others ?? 0
    if (weight > (best?.weight ?? 0)) best = {coding, weight}
  }
  const plain = weights.get('identity')
  const refusesPlain = (plain ?? others ?? 1) === 0
  // "identity;q=1, gzip;q=0.5": it would rather have it as it is.
  if (best === undefined || (plain !== undefined && plain > best.weight)) return {coding: undefined, refusesPlain}
  return {coding: best.coding, refusesPlain}
}
