import type {BackendConfig} from '../config/schema.ts'
import {matchesAnyGlob, matchesGlob} from '../shared/star-glob.ts'
import type {BackendLists} from './link.ts'
import type {ListKind} from './list-kinds.ts'

interface Rules {
  readonly allow: readonly string[] | undefined
  readonly deny: readonly string[]
  readonly rename: ReadonlyMap<string, string>
}

type Ruled = 'tools' | 'prompts' | 'resources'

/** Templates stand under the rules of the resources that they lead to. */
const ruledBy: Readonly<Record<ListKind, Ruled>> = {
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  templates: 'resources',
}

/** A rule of the configuration that speaks of nothing that the server has. */
export interface UnmatchedRule {
  /** `tools.deny`, as in the file. */
  readonly place: string
  readonly pattern: string
}

/** What of a server its clients see, and under which name: `tools`, `prompts` and `resources` of its configuration. */
export class OfferRules {
  readonly #rules: Readonly<Record<Ruled, Rules | undefined>>

  constructor({tools, prompts, resources}: Pick<BackendConfig, 'tools' | 'prompts' | 'resources'>) {
    this.#rules = {
      tools: tools && rules(tools.allow, tools.deny, tools.rename),
      prompts: prompts && rules(prompts.allow, prompts.deny, prompts.rename),
      resources: resources && rules(resources.allow, resources.deny, {}),
    }
  }

  /** The name before the prefix; undefined where it is not offered. @param own the server's own name or URI of it */
  offered(kind: ListKind, own: string): string | undefined {
    const rule = this.#rules[ruledBy[kind]]
    if (rule === undefined) return own
    if (rule.allow !== undefined && !matchesAnyGlob(rule.allow, own)) return undefined
    if (matchesAnyGlob(rule.deny, own)) return undefined
    return rule.rename.get(own) ?? own
  }

  /** Names that rules give to something else than what has them at the server. */
  givenAway(kind: ListKind, entries: readonly {readonly key: string}[]): ReadonlySet<string> {
    const rename = this.#rules[ruledBy[kind]]?.rename
    if (rename === undefined || rename.size === 0) return none
    return new Set(entries.flatMap(({key}) => rename.get(key) ?? []))
  }

  /** Rules that match nothing of what the server lists; none of a list that is empty or not all there is. */
  unmatched(lists: BackendLists): UnmatchedRule[] {
    return (['tools', 'prompts', 'resources'] as const).flatMap(kind => {
      const rule = this.#rules[kind]
      const keys = lists[kind].entries.map(({key}) => key)
      if (rule === undefined || keys.length === 0) return []
      // A rule may be about what a template leads to, and that is never listed.
      if (kind === 'resources' && lists.templates.entries.length > 0) return []
      const missing = (name: string, patterns: readonly string[]): UnmatchedRule[] =>
        patterns
          .filter(pattern => !keys.some(key => matchesGlob(pattern, key)))
          .map(pattern => ({place: `${kind}.${name}`, pattern}))
      const unknown = [...rule.rename.keys()].filter(name => !keys.includes(name))
      return [
        ...missing('allow', rule.allow ?? []),
        ...missing('deny', rule.deny),
        ...unknown.map(pattern => ({place: `${kind}.rename`, pattern})),
      ]
    })
  }
}

const none: ReadonlySet<string> = new Set()

function rules(
  allow: readonly string[] | undefined,
  deny: readonly string[],
  rename: Readonly<Record<string, string>>,
): Rules {
  return {allow, deny, rename: new Map(Object.entries(rename))}
}
