import type {FactKind, FactValues} from './fact-values.ts'

/**
 * Names one fact, serialisable: the kind, and behind a colon what it is about: `runtime.record`,
 * `tcp.dial:127.0.0.1:8080`. A recording of facts is read with the same keys.
 */
export type FactKey<K extends FactKind = FactKind> = K extends FactKind ? K | `${K}:${string}` : never

/** The kind of fact that a key names. */
export type KindOf<Key extends FactKey> = Key extends `${infer Kind extends FactKind}:${string}` ? Kind : Key & FactKind

interface FactHead<K extends FactKind> {
  readonly key: FactKey<K>
  /** When it was collected, ISO-8601 UTC. */
  readonly at: string
  /** The machine it is true for. */
  readonly host: string
}

export interface KnownFact<K extends FactKind> extends FactHead<K> {
  readonly state: 'known'
  readonly value: FactValues[K]
}

/**
 * `absent`: looked, and there is nothing. `denied`: no permission to look. `timeout`: no answer within the deadline.
 * `error`: looking itself broke. `why` is a clause that stands alone.
 */
export interface MissingFact<K extends FactKind> extends FactHead<K> {
  readonly state: 'absent' | 'denied' | 'timeout' | 'error'
  readonly why: string
}

export type Fact<K extends FactKind = FactKind> = KnownFact<K> | MissingFact<K>

/** What a collector came to; key, time and host are added by the source. */
export type FactOutcome<K extends FactKind> =
  | Pick<KnownFact<K>, 'state' | 'value'>
  | Pick<MissingFact<K>, 'state' | 'why'>

/** Where facts come from: this machine now, or a recording. Never rejects; the same key gives the same fact. */
export interface FactSource {
  get<Key extends FactKey>(key: Key): Promise<Fact<KindOf<Key>>>
}

/** The part of a key before the first colon. */
export function kindOf(key: FactKey): FactKind {
  const colon = key.indexOf(':')
  return (colon < 0 ? key : key.slice(0, colon)) as FactKind
}

/** The part of a key behind the first colon; empty when the fact is about the whole machine. */
export function aboutOf(key: FactKey): string {
  const colon = key.indexOf(':')
  return colon < 0 ? '' : key.slice(colon + 1)
}
