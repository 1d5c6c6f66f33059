import {type Check, type CheckContext, type CheckResult, pass, skip, warn} from '../check.ts'
import type {Fact} from '../fact.ts'
import {type Listed, listed, toolsOf} from './listed.ts'
import {shortList} from './short-list.ts'

/** Names of tools are unique among all servers; where two groups share a prefix, it is a matter of luck. */
export const toolsClashes: Check<readonly 'backend.tools'[]> = {
  id: 'tools.clashes',
  category: 'servers',
  severity: 'warn',
  title: 'no tool is pushed aside by one of another server',
  docs: 'the-name-of-a-tool-is-taken',
  after: ['config.valid', 'servers.handshake'],
  needs: toolsOf,
  run(facts, context) {
    const {outline} = context
    if (outline === null)
      return [skip('', 'the servers are not known: there is no valid configuration', {causes: [{id: 'config.valid'}]})]
    const told = listed(facts as readonly Fact<'backend.tools'>[])
    const pushed = told.flatMap(clashesOf)
    const shared = sharedPrefixes(context)
    if (pushed.length + shared.length === 0)
      return [pass('', `${outline.servers.length} servers have prefixes and names of their own`)]
    return shortList([...pushed, ...shared])
  },
}

function clashesOf({id, tools}: Listed): CheckResult[] {
  const pushed = tools.filter(({takenBy}) => takenBy !== null)
  const [first] = pushed
  if (first === undefined) return []
  const way = first.exposed === null ? 'not offered' : `offered as ${first.exposed}`
  return [
    warn(id, `${id}: the name of a tool is taken: ${first.wanted} is that of ${first.takenBy}, so it is ${way}`, {
      evidence: pushed
        .slice(1, 6)
        .map(({wanted, takenBy, exposed}) => `${wanted} (${takenBy}): ${exposed ?? 'not offered'}`),
      remedy: `give ${id} a prefix of its own (servers[].prefix), or servers[].tools.rename`,
    }),
  ]
}

/** Of the members of a group it is their purpose. */
function sharedPrefixes({outline}: CheckContext): CheckResult[] {
  const groups = new Map<string, Map<string, string>>()
  for (const {id, prefix, group} of outline?.servers ?? []) {
    const known = groups.get(prefix) ?? new Map<string, string>()
    if (!known.has(group)) known.set(group, id)
    groups.set(prefix, known)
  }
  return [...groups].flatMap(([prefix, owners]) => {
    const ids = [...owners.values()]
    const later = ids[1]
    if (later === undefined) return []
    const what = prefix === '' ? 'no prefix' : `the prefix ${prefix}`
    return [
      warn(later, `${later}: ${what}, as ${ids[0]} has: on a clash of names the earlier one keeps the name`, {
        evidence: ids.length > 2 ? [`the same of ${ids.slice(2, 12).join(', ')}`] : [],
        remedy: `give ${later} a prefix of its own (servers[].prefix)`,
      }),
    ]
  })
}
