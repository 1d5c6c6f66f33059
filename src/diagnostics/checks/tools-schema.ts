import {type Check, pass, warn} from '../check.ts'
import {listed, noTools, toolsOf} from './listed.ts'
import {shortList} from './short-list.ts'

/** Names and schemas of tools are such that clients take them. */
export const toolsSchema: Check<readonly 'backend.tools'[]> = {
  id: 'tools.schema',
  category: 'servers',
  severity: 'warn',
  title: 'the schema of every tool is valid',
  docs: 'a-tool-that-clients-may-refuse',
  after: ['servers.handshake'],
  needs: toolsOf,
  run(facts) {
    const servers = listed(facts)
    if (servers.length === 0) return [noTools()]
    const offered = servers.map(({id, tools}) => ({id, tools: tools.filter(({hidden}) => hidden !== 'rule')}))
    const bad = offered.map(({id, tools}) => ({id, tools: tools.filter(({fault}) => fault !== null)}))
    const faulty = bad.filter(({tools}) => tools.length > 0)
    const all = offered.reduce((sum, {tools}) => sum + tools.length, 0)
    if (faulty.length === 0) return [pass('', `the schemas of ${all} tools are valid`)]
    return shortList(
      faulty.map(({id, tools}) =>
        warn(id, `${id}: a tool that clients may refuse: ${tools[0]?.name || '(without a name)'}: ${tools[0]?.fault}`, {
          evidence: tools.slice(1, 6).map(({name, fault}) => `${name}: ${fault}`),
          remedy: `tell the maker of ${id}; servers[].tools.deny leaves the tool out until then`,
        }),
      ),
    )
  },
}
