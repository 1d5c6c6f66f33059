import {matchesAnyGlob} from '../shared/star-glob.ts'

/** What a role allows: patterns in which `*` stands for any text. */
export interface RoleRule {
  /** Ids or groups of servers. */
  readonly servers: readonly string[]
  /** Names of tools as clients see them, and below `servers` also as the server calls them. */
  readonly tools: readonly string[]
}

export interface ServerName {
  readonly id: string
  readonly group: string | undefined
}

/** What somebody may use. */
export interface Access {
  /** Equal for equal rights. */
  readonly key: string
  /** Whether there is anything at all. */
  readonly some: boolean
  /** Its prompts, resources and templates. */
  allowsServer(server: ServerName): boolean
  /** @param exposed the name that clients see @param own the server's own name */
  allowsTool(server: ServerName, exposed: string, own: string): boolean
}

/**
 * The rights that roles give. Rights add up over roles; inside one role, `tools` narrows what `servers` opens, and without
 * `servers` it opens the tools of that name and nothing else.
 * @returns undefined when no role is defined: then nobody is restricted
 */
export function accessBook(
  roles: Readonly<Record<string, RoleRule>>,
): ((names: readonly string[]) => Access) | undefined {
  if (Object.keys(roles).length === 0) return undefined
  const known = new Map<string, Access>()
  /** A key's or a remembered token's roles are one list, asked about with each request. */
  const byList = new WeakMap<readonly string[], Access>()
  return names => {
    const before = byList.get(names)
    if (before !== undefined) return before
    const valid = [...new Set(names)].filter(name => Object.hasOwn(roles, name)).sort()
    const key = valid.join('\n')
    let access = known.get(key)
    if (access === undefined) {
      access = accessOf(
        key,
        valid.flatMap(name => roles[name] ?? []),
      )
      // Tokens choose among the roles: many combinations are possible, and only rights are kept here.
      if (known.size >= 1024) known.clear()
      known.set(key, access)
    }
    byList.set(names, access)
    return access
  }
}

function accessOf(key: string, rules: readonly RoleRule[]): Access {
  const serverIn = (patterns: readonly string[], {id, group}: ServerName): boolean =>
    matchesAnyGlob(patterns, id) || (group !== undefined && matchesAnyGlob(patterns, group))
  return {
    key,
    some: rules.some(({servers, tools}) => servers.length + tools.length > 0),
    allowsServer: server => rules.some(rule => serverIn(rule.servers, server)),
    allowsTool: (server, exposed, own) =>
      rules.some(rule => {
        // A server could give its tool the name of another's: its own names count only where the server is named too.
        if (rule.servers.length === 0) return matchesAnyGlob(rule.tools, exposed)
        if (!serverIn(rule.servers, server)) return false
        return rule.tools.length === 0 || matchesAnyGlob(rule.tools, exposed) || matchesAnyGlob(rule.tools, own)
      }),
  }
}
