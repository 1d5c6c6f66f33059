import type {BlameParty} from '../../shared/blame.ts'

/** Whose fault it normally is: a party of a request, or what lies under and around all of them. */
export type Culprit = BlameParty | 'configuration' | 'host'

/** What a code or a message means, and what to do: the same for the command, the docs and the console. */
export interface Explained {
  /** Anchor of its section in docs/troubleshooting.md. */
  readonly docs: string
  readonly meaning: string
  /** The likeliest first. */
  readonly blame: readonly Culprit[]
  /** In order of likelihood. */
  readonly causes: readonly string[]
  /** Commands as they are typed; words in capitals are to be replaced. */
  readonly next: readonly string[]
  /** A line in which it is seen. */
  readonly example: string
}

export const codeKinds = ['rpc', 'http', 'exit'] as const
/** A JSON-RPC error code, an HTTP status of the proxy, an exit status of the command. */
export type CodeKind = (typeof codeKinds)[number]

export interface CodeEntry extends Explained {
  readonly kind: CodeKind
  readonly code: number
  readonly name: string
  /** Who gave the number its meaning. */
  readonly origin: string
}

/** All messages that mean the same, whoever writes them. */
export interface MessageEntry extends Explained {
  /** Lower case with dashes; never changes meaning. */
  readonly id: string
  /** Heading of its section. */
  readonly title: string
  /** As they are written; `…` stands for what varies. */
  readonly said: readonly string[]
  /** Words that stand for it by themselves: codes of the system, of libraries, of our log lines and errors. */
  readonly words?: readonly string[]
  /** Says that something failed, while the reason stands in another message beside it. */
  readonly wraps?: boolean
  /** Codes it comes with, as `explain` takes them. */
  readonly codes?: readonly string[]
}

/** How a code is written by people: `-32003`, `HTTP 429`, `exit 3`. */
export function codeText({kind, code}: Pick<CodeEntry, 'kind' | 'code'>): string {
  if (kind === 'rpc') return String(code)
  return kind === 'http' ? `HTTP ${code}` : `exit ${code}`
}
