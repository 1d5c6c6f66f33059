import {type Check, pass, warn} from '../check.ts'
import {listed, noTools, toolsOf} from './listed.ts'
import {shortList} from './short-list.ts'

/** No server lists two tools of one name, and none imitates the tool of another by letters that look alike. */
export const toolsNames: Check<readonly 'backend.tools'[]> = {
  id: 'tools.names',
  category: 'servers',
  severity: 'warn',
  title: 'the names of tools are unique within a server',
  docs: 'a-name-of-two-tools',
  after: ['servers.handshake'],
  needs: toolsOf,
  run(facts) {
    const servers = listed(facts)
    if (servers.length === 0) return [noTools()]
    const clashes = servers.flatMap(({id, tools}) => {
      const seen = new Map<string, string>()
      for (const {name, hidden} of tools) {
        if (hidden === 'rule') continue
        const folded = name.toLowerCase()
        const other = seen.get(folded)
        if (other !== undefined) return [{id, name, other}]
        seen.set(folded, name)
      }
      return []
    })
    if (clashes.length === 0) return [pass('', `the tools of ${servers.length} servers have names of their own`)]
    return shortList(
      clashes.map(({id, name, other}) =>
        warn(id, `${id}: a name of two tools: ${name}`, {
          evidence: [name === other ? 'listed twice' : `${name} and ${other} differ in nothing but case`],
          remedy: `servers[].tools.rename gives one of them another name; tell the maker of ${id}`,
        }),
      ),
    )
  },
}
