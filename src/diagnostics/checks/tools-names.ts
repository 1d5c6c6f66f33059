import {type Check, pass, skip, warn} from '../check.ts'
import {probed, probesOf} from './probed.ts'
import {shortList} from './short-list.ts'

/** No server lists two tools of one name, and none imitates the tool of another by letters that look alike. */
export const toolsNames: Check<readonly 'backend.probe'[]> = {
  id: 'tools.names',
  category: 'servers',
  severity: 'warn',
  title: 'the names of tools are unique within a server',
  docs: 'a-name-of-two-tools',
  after: ['servers.handshake'],
  needs: probesOf,
  run(facts) {
    const asked = probed(facts).filter(({probe}) => probe.ok)
    if (asked.length === 0) return [skip('', 'no server was asked for its tools')]
    const clashes = asked.flatMap(({id, probe}) => {
      const seen = new Map<string, string>()
      for (const {name} of probe.tools) {
        const folded = name.toLowerCase()
        const other = seen.get(folded)
        if (other !== undefined) return [{id, name, other}]
        seen.set(folded, name)
      }
      return []
    })
    if (clashes.length === 0) return [pass('', `the tools of ${asked.length} servers have names of their own`)]
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
