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
  return names => {
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
    return access
  }
}

function accessOf(key: string, rules: readonly RoleRule[]): Access {
  const compiled = rules.map(({servers, tools}) => ({
    servers: servers.map(matcher),
    tools: tools.map(matcher),
  }))
  const serverIn = (patterns: readonly Matcher[], {id, group}: ServerName): boolean =>
    patterns.some(matches => matches(id) || (group !== undefined && matches(group)))
  return {
    key,
    some: rules.some(({servers, tools}) => servers.length + tools.length > 0),
    allowsServer: server => compiled.some(rule => serverIn(rule.servers, server)),
    allowsTool: (server, exposed, own) =>
      compiled.some(rule => {
        // A server could give its tool the name of another's: its own names count only where the server is named too.
        if (rule.servers.length === 0) return rule.tools.some(matches => matches(exposed))
        if (!serverIn(rule.servers, server)) return false
        return rule.tools.length === 0 || rule.tools.some(matches => matches(exposed) || matches(own))
      }),
  }
}

type Matcher = (text: string) => boolean

/** Linear in the text, whatever the pattern: no backtracking. */
export function matcher(pattern: string): Matcher {
  const parts = pattern.split('*')
  if (parts.length === 1) return text => text === pattern
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  const middle = parts.slice(1, -1)
  return text => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const part of middle) {
      const found = text.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
    return at <= text.length - last.length
  }
}
