import type {Fact, FactKey, MissingFact} from './fact.ts'
import type {FactKind} from './fact-values.ts'
import type {ConfigOutline} from './facts/config.ts'
import type {Fix} from './fix/fix.ts'

/** Where a check belongs, in the order in which a machine comes up. */
const categories = ['config', 'host', 'process', 'network', 'servers', 'auth', 'stores', 'logs', 'performance'] as const
export type Category = (typeof categories)[number]

/** How a check came out. `error`: the check or a collector broke; `timeout`: it had no answer in time. */
export const findingStatuses = ['fail', 'error', 'timeout', 'warn', 'skip', 'info', 'pass'] as const
export type FindingStatus = (typeof findingStatuses)[number]

/** Another finding that explains this one, if it is bad too. Without a subject: whichever of that id is bad. */
export interface Cause {
  readonly id: string
  readonly subject?: string
}

/** What a check says: one or more of these. */
export interface CheckResult {
  readonly status: FindingStatus
  /** The file, port, server or variable it is about. */
  readonly subject: string
  readonly summary: string
  readonly evidence: readonly string[]
  /** What would explain it, nearest first. */
  readonly causes: readonly Cause[]
  /** What to do: a sentence or a command. */
  readonly remedy: string | null
  /** As a root it stands behind others: it is what one does when they are mended. */
  readonly last?: boolean
  /** What `--fix` may do about it, where that is safe. */
  readonly fix?: Fix
}

/** What checks are about, worked out from the first facts (see context.ts). */
export interface CheckContext {
  /** Where the proxy should listen, as one can dial it, and how that is known. */
  readonly server: {
    readonly host: string
    readonly port: number
    /** It speaks TLS and nothing else (`server.plain: false`). */
    readonly tls?: boolean
    /** `guess`: the default, while a state folder that may say otherwise could not be looked into. */
    readonly from: 'runtime' | 'config' | 'default' | 'guess'
  }
  /** The file that the runtime runs on, or would. */
  readonly configPath: string | null
  /** The control socket to ask. */
  readonly socket: string | null
  readonly logDir: string | null
  /** Of the living runtime. */
  readonly pid: number | null
  readonly stateDir: string | null
  /** What the configuration says, where it is valid; null in a quick run too, which does not look that far. */
  readonly outline: ConfigOutline | null
}

/**
 * One present-tense statement about the runtime that either holds or does not. `run` is pure: the same facts give the
 * same findings, live or from a recording.
 */
export interface Check<K extends readonly FactKind[] = readonly FactKind[]> {
  /** `area.fact`; never changes its meaning. */
  readonly id: string
  readonly category: Category
  /** The worst it says when the statement does not hold. */
  readonly severity: 'fail' | 'warn'
  readonly title: string
  /** The anchor in docs/troubleshooting.md. */
  readonly docs: string
  /** What it is about, where that is known beforehand: a check that is late can say it. */
  readonly subject?: string
  /** Checks that are read before this one: only they, and what stands before them, may be named as causes. */
  readonly after: readonly string[]
  /** It must have its facts by then; shorter than the run as a whole only where that makes sense. */
  readonly timeoutMs?: number
  needs(context: CheckContext): {readonly [I in keyof K]: FactKey<K[I]>}
  run(facts: {readonly [I in keyof K]: Fact<K[I]>}, context: CheckContext): readonly CheckResult[]
}

interface Details {
  readonly evidence?: readonly string[]
  readonly causes?: readonly Cause[]
  readonly remedy?: string
  readonly last?: boolean
  readonly fix?: Fix | undefined
}

type Say = (subject: string, summary: string, details?: Details) => CheckResult

const say =
  (status: FindingStatus): Say =>
  (subject, summary, {evidence = [], causes = [], remedy, last, fix} = {}) => ({
    status,
    subject,
    summary,
    evidence,
    causes,
    remedy: remedy ?? null,
    ...(last === true && {last}),
    ...(fix && {fix}),
  })

export const pass = say('pass')
export const info = say('info')
export const warn = say('warn')
export const fail = say('fail')
export const skip = say('skip')

/** What gets to see what this user may not. */
export const asOwner = 'run this as the user that started the runtime, or as root'

/** A fact that could not be had: nothing there or no permission is a skip, a broken or late collector says so itself. */
export function notSeen(fact: MissingFact<FactKind>, subject: string, details: Details = {}): CheckResult {
  const status = fact.state === 'timeout' || fact.state === 'error' ? fact.state : 'skip'
  const remedy = fact.state === 'denied' ? asOwner : undefined
  return say(status)(subject, fact.why, {...(remedy !== undefined && {remedy}), ...details})
}
